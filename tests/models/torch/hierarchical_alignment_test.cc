#include "models/torch/hierarchical_alignment.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "models/torch/global_alignment.h"

namespace cupel::nn {
namespace {

using Catch::Matchers::WithinRel;

constexpr std::int64_t kWidth = 32;
const Initializer kDraw(14);

at::Tensor mask(const std::vector<std::int64_t>& lengths, std::int64_t slots) {
  return at::arange(slots).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

Tokens tokens(const char* name, const std::vector<std::int64_t>& lengths, std::int64_t slots) {
  const auto group = static_cast<std::int64_t>(lengths.size());
  return {kDraw.normal(name, {group, slots, kWidth}, 1.0), mask(lengths, slots)};
}

Tokens chosen(const Tokens& all, const at::Tensor& rows) {
  return {all.states.index_select(0, rows), all.valid.index_select(0, rows)};
}

/// With slots of rubbish behind.
Tokens longer(const Tokens& all, std::int64_t more) {
  const std::int64_t group = all.states.size(0);
  return {at::cat({all.states, kDraw.normal("rubbish", {group, more, kWidth}, 5.0)}, 1),
          at::cat({all.valid,
                   mask(std::vector<std::int64_t>(static_cast<std::size_t>(group), 0), more)},
                  1)};
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

/// The largest change of a similarity, and whether a cluster changed, in the first slots.
struct Change {
  double similarity = 0.0;
  bool clusters = false;
};

Change change(const HierarchicalAlignment::Result& before,
              const HierarchicalAlignment::Result& after, const at::Tensor& rows) {
  Change found;
  for (std::size_t level = 0; level < before.similarities.size(); ++level)
    found.similarity =
        std::max(found.similarity,
                 difference(before.similarities[level].index_select(0, rows).index_select(1, rows),
                            after.similarities[level]));
  for (const auto& [one, other] : {std::pair(&before.text_clusters, &after.text_clusters),
                                   std::pair(&before.smiles_clusters, &after.smiles_clusters)}) {
    for (std::size_t i = 0; i < one->size(); ++i) {
      const at::Tensor kept = (*one)[i].index_select(0, rows);
      found.clusters |= !at::equal(kept, (*other)[i].narrow(1, 0, kept.size(1)));
    }
  }
  return found;
}

std::int64_t numbers_of(const Parameters& parameters, const std::string& start) {
  std::int64_t sum = 0;
  for (const Parameters::Entry& entry : parameters.all())
    if (entry.trained && entry.name.starts_with(start)) sum += entry.tensor.numel();
  return sum;
}

TEST_CASE("The alignment has as many numbers as the published models", "[torch]") {
  // Counted in the logs of a base model, and by the released modules at the width of the large one.
  struct Counts {
    std::int64_t width, network, merging, attention, all;
  };
  const Counts counts =
      GENERATE(Counts{768, 1'182'721, 1'771'777, 2'363'904, 271'217'934 - 247'577'856},
               Counts{1024, 2'101'249, 3'148'801, 4'200'448, 825'155'598 - 783'150'080});
  Parameters parameters;
  AtomasOptions options = released_code();
  options.queue_size = 16;
  const GlobalAlignment global(parameters, kDraw, counts.width, options);
  const HierarchicalAlignment alignment(parameters, kDraw, counts.width, options);
  CHECK(numbers_of(parameters, "text_linear") == 513);
  for (const char* name : {"text_weight_fc_0", "text_weight_fc_1", "smiles_weight_fc_2"})
    CHECK(numbers_of(parameters, name) == counts.network);
  for (const char* name : {"t_ctm1", "t_ctm2", "s_ctm1", "s_ctm2"})
    CHECK(numbers_of(parameters, name) == counts.merging);
  for (const char* name : {"t_block1", "t_block2", "s_block1", "s_block2"})
    CHECK(numbers_of(parameters, name) == counts.attention);
  CHECK(numbers_of(parameters, "") == counts.all);
  CHECK(parameters.get("t_ctm1.conv.conv.weight").sizes() ==
        at::IntArrayRef({counts.width, counts.width, 3}));
  CHECK(parameters.get("s_block2.attn.kv.weight").sizes() ==
        at::IntArrayRef({2 * counts.width, counts.width}));
}

TEST_CASE("There are modules and losses for as many levels as asked", "[torch]") {
  for (const int levels : {0, 1, 2, 3}) {
    Parameters parameters;
    AtomasOptions options = strict();
    options.levels = levels;
    const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
    const auto result = alignment(tokens("t", {9, 5}, 9), tokens("s", {4, 7}, 7), {});
    CHECK(result.level_losses.size() == static_cast<std::size_t>(levels));
    CHECK(result.text_clusters.size() == static_cast<std::size_t>(std::max(levels - 1, 0)));
    CHECK((numbers_of(parameters, "s_ctm1") > 0) == (levels >= 2));
    CHECK((numbers_of(parameters, "s_ctm2") > 0) == (levels >= 3));
    double sum = 0.0;
    for (const at::Tensor& loss : result.level_losses) sum += loss.item<double>();
    CHECK(std::abs(result.loss.item<double>() - sum) < 1e-5);
  }
}

TEST_CASE("Equal tokens cost the logarithm of the batch at each level", "[torch]") {
  const AtomasOptions options = GENERATE(released_code(), strict());
  Parameters parameters;
  const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
  const at::Tensor same = kDraw.normal("one", {1, 1, kWidth}, 1.0).expand({5, 12, kWidth});
  const auto result = alignment({same, {}}, {same, {}}, {});
  REQUIRE(result.level_losses.size() == 3);
  for (const at::Tensor& loss : result.level_losses)
    CHECK_THAT(loss.item<double>(), WithinRel(std::log(5.0), 1e-5));
}

TEST_CASE("Swapped modalities with swapped modules transpose the similarities", "[torch]") {
  const AtomasOptions options = GENERATE(released_code(), strict());
  Parameters parameters;
  Parameters swapped;
  const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
  const HierarchicalAlignment other(swapped, kDraw, kWidth, options);
  const at::NoGradGuard guard;
  for (const Parameters::Entry& entry : swapped.all()) {
    std::string name = entry.name;
    if (name.starts_with("text"))
      name.replace(0, 4, "smiles");
    else if (name.starts_with("smiles"))
      name.replace(0, 6, "text");
    else if (name.starts_with("t_"))
      name.replace(0, 1, "s");
    else if (name.starts_with("s_"))
      name.replace(0, 1, "t");
    entry.tensor.copy_(parameters.get(name));
  }
  const Tokens t = tokens("t", {20, 9, 14}, 20);
  const Tokens s = tokens("s", {6, 16, 11}, 16);
  const auto one = alignment(t, s, {});
  const auto two = other(s, t, {});
  for (std::size_t level = 0; level < 3; ++level)
    CHECK(difference(one.similarities[level], two.similarities[level].t()) < 1e-6);
  CHECK(at::equal(one.text_clusters[1], two.smiles_clusters[1]));
}

TEST_CASE("Pads, order and company change nothing in the strict preset, and do in the released one",
          "[torch]") {
  const bool clean = GENERATE(true, false);
  AtomasOptions options = clean ? strict() : released_code();
  Parameters parameters;
  const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
  const Tokens t = tokens("t", {20, 9, 14, 1, 5}, 20);
  const Tokens s = tokens("s", {6, 16, 11, 2, 7}, 16);
  const auto all = alignment(t, s, {});

  const at::Tensor every = at::arange(5);
  const Change padded = change(all, alignment(longer(t, 9), longer(s, 13), {}), every);
  CHECK((padded.similarity < 1e-6) == clean);
  CHECK(padded.clusters == !clean);

  const at::Tensor backwards = every.flip(0);
  const Change turned =
      change(all, alignment(chosen(t, backwards), chosen(s, backwards), {}), backwards);
  CHECK(turned.similarity < 1e-6);
  CHECK_FALSE(turned.clusters);

  // Fewer examples, and then fewer slots, because the longest are not among them.
  const at::Tensor some = at::tensor({4L, 1L});
  const Tokens few{chosen(t, some).states.narrow(1, 0, 9), chosen(t, some).valid.narrow(1, 0, 9)};
  const auto apart = alignment(few, chosen(s, some), {});
  double similarity = 0.0;
  for (std::size_t level = 0; level < 3; ++level)
    similarity = std::max(
        similarity, difference(all.similarities[level].index_select(0, some).index_select(1, some),
                               apart.similarities[level]));
  CHECK((similarity < 1e-6) == clean);
  const at::Tensor trace = all.text_clusters[1].index_select(0, some).narrow(1, 0, 9);
  CHECK(at::equal(trace, apart.text_clusters[1]) == clean);
}

TEST_CASE("Gradients of pads are 0 in the strict preset, and not in the released one", "[torch]") {
  for (const bool clean : {true, false}) {
    Parameters parameters;
    const HierarchicalAlignment alignment(parameters, kDraw, kWidth,
                                          clean ? strict() : released_code());
    Tokens t = tokens("t", {20, 9, 14}, 20);
    t.states.set_requires_grad(true);
    alignment(t, tokens("s", {6, 16, 11}, 16), {}).loss.backward();
    const at::Tensor of_pads = t.states.grad().masked_select(t.valid.logical_not().unsqueeze(2));
    CHECK(t.states.grad().isfinite().all().item<bool>());
    CHECK(of_pads.eq(0).all().item<bool>() == clean);
  }
}

TEST_CASE("States get one rank's share of the gradient, modules all of it", "[torch]") {
  const auto gradients = [](std::int64_t ranks, bool exact) {
    Parameters parameters;
    AtomasOptions options = released_code();
    options.ranks = ranks;
    options.exact_gradient = exact;
    const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
    Tokens t = tokens("t", {12, 9}, 12);
    t.states.set_requires_grad(true);
    alignment(t, tokens("s", {6, 8}, 8), {}).loss.backward();
    return std::pair(t.states.grad(), parameters.get("t_ctm1.score.weight").grad());
  };
  const auto one = gradients(1, false);
  const auto four = gradients(4, false);
  CHECK(difference(one.first / 4, four.first) < 1e-6);
  CHECK(difference(one.second, four.second) < 1e-6);
  CHECK(difference(one.first, gradients(4, true).first) < 1e-6);
}

TEST_CASE("The scale of similarities is clamped only when asked", "[torch]") {
  const Tokens t = tokens("t", {12, 9}, 12);
  const Tokens s = tokens("s", {6, 8}, 8);
  const auto loss_at = [&](const AtomasOptions& options, double scale) {
    Parameters parameters;
    const HierarchicalAlignment alignment(parameters, kDraw, kWidth, options);
    const at::NoGradGuard guard;
    parameters.get("logit_scale").fill_(std::log(scale));
    return alignment(t, s, {}).loss.item<double>();
  };
  CHECK_THAT(loss_at(strict(), 5000.0), WithinRel(loss_at(strict(), 100.0), 1e-5));
  CHECK(std::abs(loss_at(released_code(), 5000.0) - loss_at(released_code(), 100.0)) > 1.0);
}

TEST_CASE("Seeded noise is of the seed, the step and the clustering", "[torch]") {
  CHECK_FALSE(density_noise(strict(), 1, 0));
  const Noise noise = density_noise(released_code(), 1, 5);
  const at::Tensor drawn = noise("t_ctm1", {2, 500});
  CHECK(drawn.min().item<double>() >= 0.0);
  CHECK(drawn.max().item<double>() <= 1.0);
  CHECK(std::abs(drawn.mean().item<double>() - 0.5) < 0.05);
  CHECK(at::equal(drawn, density_noise(released_code(), 1, 5)("t_ctm1", {2, 500})));
  CHECK_FALSE(at::equal(drawn, density_noise(released_code(), 1, 6)("t_ctm1", {2, 500})));
  CHECK_FALSE(at::equal(drawn, density_noise(released_code(), 2, 5)("t_ctm1", {2, 500})));
  CHECK_FALSE(at::equal(drawn, noise("s_ctm1", {2, 500})));
}

TEST_CASE("States of half precision are computed in single precision", "[torch]") {
  Parameters parameters;
  const HierarchicalAlignment alignment(parameters, kDraw, kWidth, strict());
  Tokens t = tokens("t", {12, 9}, 12);
  const Tokens s = tokens("s", {6, 8}, 8);
  t.states = t.states.to(at::kBFloat16);
  const auto half = alignment(t, s, {});
  CHECK(half.loss.scalar_type() == at::kFloat);
  t.states = t.states.to(at::kFloat);
  CHECK(at::equal(half.loss, alignment(t, s, {}).loss));
}

TEST_CASE("The same call gives the same bits", "[torch]") {
  Parameters parameters;
  const HierarchicalAlignment alignment(parameters, kDraw, kWidth, released_code());
  const auto run = [&] {
    Tokens t = tokens("t", {60, 41, 12, 33}, 64);
    t.states.set_requires_grad(true);
    const auto result =
        alignment(t, tokens("s", {50, 16, 31, 7}, 64), density_noise(released_code(), 1, 0));
    result.loss.backward();
    return std::pair(result.loss.detach(), t.states.grad());
  };
  const auto first = run();
  for (int i = 0; i < 3; ++i) {
    const auto again = run();
    CHECK(at::equal(first.first, again.first));
    CHECK(at::equal(first.second, again.second));
  }
}

}  // namespace
}  // namespace cupel::nn
