// The released code's losses, clusters and gradients (tests/oracle/atomas_golden.py).
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "models/torch/global_alignment.h"
#include "models/torch/hierarchical_alignment.h"
#include "tests/support/paths.h"

namespace cupel::nn {
namespace {

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

constexpr std::int64_t kGroup = 4;
constexpr std::int64_t kLength = 24;
constexpr std::int64_t kWidth = 32;
constexpr std::int64_t kQueue = 12;
constexpr double kAlpha = 0.4;
const Initializer kDraw(20240501);

const JsonValue& member(const JsonValue& object, const std::string& key) {
  for (const JsonMember& one : object.members) {
    if (one.key == key) return one.value;
  }
  throw std::runtime_error("the golden file lacks " + key);
}

std::vector<double> numbers(const JsonValue& array) {
  std::vector<double> out;
  for (const JsonValue& one : array.items) out.push_back(one.real);
  return out;
}

at::Tensor golden_tensor(const JsonValue& array) { return at::tensor(numbers(array), at::kDouble); }

const JsonValue& golden() {
  static const JsonValue kDocument =
      parse_json(read_file(test::data("atomas_golden.json")), "atomas_golden.json");
  return kDocument;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.detach().to(at::kDouble).reshape({-1}) - b.reshape({-1})).abs().max().item<double>();
}

/// What the script sets a learned tensor to.
at::Tensor weight(const std::string& name, at::IntArrayRef shape) {
  if (name == "temp") return at::tensor(0.11F).reshape({});
  if (name == "logit_scale") return at::tensor(1.7F).reshape({});
  if (name.contains("norm") && name.ends_with("weight")) return kDraw.uniform(name, shape, 0.2) + 1;
  double inner = 1.0;
  for (std::size_t i = 1; i < shape.size(); ++i) inner *= static_cast<double>(shape[i]);
  return kDraw.uniform(name, shape, shape.size() == 1 ? 0.3 : 1.5 / std::sqrt(inner));
}

at::Tensor states(const std::string& side, const std::string& kind) {
  at::Tensor all = kDraw.uniform(side + ' ' + kind + " spread", {kGroup, kLength, kWidth}, 0.8);
  const at::Tensor places = kDraw.uniform("places", {7, kWidth}, 1.0);
  const at::Tensor shift = kDraw.uniform("shift", {kWidth}, 1.5);
  for (std::int64_t g = 0; g < kGroup; ++g) {
    const double apart = g % 2 == 0 ? 0.3 : side == "text" ? 1.0 : -1.0;
    for (std::int64_t n = 0; n < kLength; ++n)
      all[g][n] += places[(n / 3 + 2 * g) % 7] + shift * apart;
  }
  return all;
}

at::Tensor mask(const JsonValue& lengths) {
  return at::arange(kLength).unsqueeze(0) < golden_tensor(lengths).unsqueeze(1);
}

AtomasOptions options() {
  AtomasOptions options = released_code();
  options.length = kLength;
  options.queue_size = kQueue;
  return options;
}

/// Both losses with the weights, queues and states of the script.
struct Released {
  Parameters parameters;
  GlobalAlignment global;
  HierarchicalAlignment hierarchical;
  Tokens text;
  Tokens smiles;

  explicit Released(const JsonValue& one, const AtomasOptions& choices = options())
      : global(parameters, kDraw, kWidth, choices),
        hierarchical(parameters, kDraw, kWidth, choices),
        text{states("text", "online").set_requires_grad(true), mask(member(one, "text_lengths"))},
        smiles{states("smiles", "online").set_requires_grad(true),
               mask(member(one, "smiles_lengths"))} {
    const at::NoGradGuard guard;
    for (const Parameters::Entry& entry : parameters.all()) {
      if (entry.trained) entry.tensor.copy_(weight(entry.name, entry.tensor.sizes()));
    }
    for (const char* name : {"text_queue", "smiles_queue"}) {
      const at::Tensor keys = kDraw.uniform(name, {kWidth, kQueue}, 1.0);
      parameters.get(name).copy_(keys / keys.norm(2, 0, true));
    }
    for (const char* name : {"text_linear_m", "smiles_linear_m"}) {
      for (const char* part : {".weight", ".bias"}) {
        const at::Tensor& copy = parameters.get(std::string(name) + part);
        copy.copy_(weight(std::string(name) + part, copy.sizes()));
      }
    }
  }
};

void check_gradients(const Released& model, const JsonValue& expected) {
  for (const JsonMember& one : member(expected, "norms").members) {
    INFO(one.key);
    const at::Tensor& gradient = model.parameters.get(one.key).grad();
    REQUIRE(gradient.defined());
    // A shift of all keys or all scores changes no softmax: their gradients are rounding alone.
    CHECK_THAT(gradient.norm().item<double>(),
               WithinRel(one.value.real, 1e-4) || WithinAbs(one.value.real, 2e-7));
  }
  const at::Tensor direction = kDraw.uniform("direction", {kWidth}, 1.0);
  for (const auto& [side, tokens] : {std::pair{"text", &model.text}, {"smiles", &model.smiles}}) {
    INFO(side);
    const at::Tensor gradient = tokens->states.grad();
    const at::Tensor norms = golden_tensor(member(member(expected, side), "token_norms"));
    const double scale = norms.max().item<double>();
    CHECK(largest_difference(gradient.norm(2, 2), norms) < 1e-4 * scale);
    CHECK(largest_difference(at::matmul(gradient, direction),
                             golden_tensor(member(member(expected, side), "along"))) <
          2e-4 * scale);
  }
}

void check_global(const JsonValue& one) {
  Released model(one);
  {
    const at::NoGradGuard guard;
    for (const auto& [copy, online] : model.global.momentum_pairs())
      copy.lerp_(online, 1 - options().momentum);
  }
  CHECK(largest_difference(model.parameters.get("text_linear_m.weight"),
                           golden_tensor(member(one, "momentum_pool"))) < 1e-6);
  const PairFeatures online{model.global.pooled(Modality::kText, model.text),
                            model.global.pooled(Modality::kSmiles, model.smiles)};
  const PairFeatures momentum{
      model.global.pooled_by_momentum(Modality::kText, {states("text", "momentum"), {}}),
      model.global.pooled_by_momentum(Modality::kSmiles, {states("smiles", "momentum"), {}})};
  const at::Tensor loss = model.global.loss(online, momentum, kAlpha);
  CHECK_THAT(loss.item<double>(), WithinRel(member(one, "global_loss").real, 1e-5));
  loss.backward();
  check_gradients(model, member(one, "global_gradients"));
  model.global.enqueue(momentum);
  CHECK(model.parameters.get("queue_ptr").item<std::int64_t>() ==
        member(one, "queue_pointer").integer);
  const at::Tensor direction = kDraw.uniform("direction", {kWidth}, 1.0);
  for (const char* name : {"text_queue", "smiles_queue"})
    CHECK(largest_difference(at::matmul(direction, model.parameters.get(name)),
                             golden_tensor(member(one, name))) < 1e-5);
}

/// The cluster of each real token at level 1, then at level 2, by the script's indices.
void check_clusters(const ClusterTrace& trace, const JsonValue& clusters, const std::string& letter,
                    const at::Tensor& valid) {
  REQUIRE(trace.size() == 2);
  const at::Tensor first = golden_tensor(member(clusters, letter + "_ctm1")).to(at::kLong);
  const at::Tensor second = golden_tensor(member(clusters, letter + "_ctm2")).to(at::kLong);
  const at::Tensor one = first.view({kGroup, kLength});
  const at::Tensor two = second.view({kGroup, -1}).gather(1, one);
  CHECK((trace[0] == one).logical_or(valid.logical_not()).all().item<bool>());
  CHECK((trace[1] == two).logical_or(valid.logical_not()).all().item<bool>());
  CHECK(trace[1].masked_select(valid.logical_not()).eq(-1).all().item<bool>());
}

void check_hierarchical(const JsonValue& one) {
  Released model(one);
  Noise noise;
  if (member(one, "noise").truth) {
    noise = [](std::string_view name, at::IntArrayRef shape) {
      return (kDraw.uniform("noise " + std::string(name), shape, 1.0) + 1) * 5e4;
    };
  }
  const auto result = model.hierarchical(model.text, model.smiles, noise);
  const std::vector<double> losses = numbers(member(one, "level_losses"));
  REQUIRE(result.level_losses.size() == losses.size());
  for (std::size_t level = 0; level < losses.size(); ++level) {
    INFO("level " << level);
    CHECK_THAT(result.level_losses[level].item<double>(), WithinRel(losses[level], 1e-5));
    CHECK(largest_difference(result.similarities[level],
                             golden_tensor(member(one, "similarities").items[level])) < 1e-6);
  }
  check_clusters(result.text_clusters, member(one, "clusters"), "t", model.text.valid);
  check_clusters(result.smiles_clusters, member(one, "clusters"), "s", model.smiles.valid);
  result.loss.backward();
  check_gradients(model, member(one, "hierarchical_gradients"));
}

double hierarchical_loss(const AtomasOptions& choices) {
  const Released model(member(member(golden(), "cases"), "padded"), choices);
  return model.hierarchical(model.text, model.smiles, {}).loss.item<double>();
}

TEST_CASE("Each choice of the hierarchical alignment is seen in a padded batch", "[torch]") {
  const double released = hierarchical_loss(options());
  const auto moved = [&](const auto& change) {
    AtomasOptions changed = options();
    change(changed);
    return std::abs(hierarchical_loss(changed) - released);
  };
  CHECK(moved([](AtomasOptions& o) { o.pad_similarity = PadSimilarity::kExcluded; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.cluster_mask = true; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.masked_convolution = true; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.cluster_count = ClusterCount::kValid; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.neighbours = 1; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.heads = 4; }) > 1e-5);
  CHECK(moved([](AtomasOptions& o) { o.ratios = {0.5, 0.5}; }) > 1e-3);
  CHECK(moved([](AtomasOptions& o) { o.scale_max = 2.0; }) > 1e-3);
  // These are for other batches: scores that overflow, and tokens with fewer than k neighbours.
  CHECK(moved([](AtomasOptions& o) { o.stable_exp = true; }) < 1e-4);
  CHECK(moved([](AtomasOptions& o) { o.pad_distance = PadDistance::kSample; }) < 1e-4);
}

TEST_CASE("The global alignment equals the released code", "[torch][golden]") {
  check_global(member(member(golden(), "cases"), "full"));
}

TEST_CASE("The hierarchical alignment equals the released code", "[torch][golden]") {
  SECTION("without pads") { check_hierarchical(member(member(golden(), "cases"), "full")); }
  SECTION("with pads") { check_hierarchical(member(member(golden(), "cases"), "padded")); }
  SECTION("with pads and noise that decides") {
    check_hierarchical(member(member(golden(), "cases"), "padded-noise"));
  }
}

}  // namespace
}  // namespace cupel::nn
