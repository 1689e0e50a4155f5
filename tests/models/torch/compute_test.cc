// The same test bodies on a CPU and on a GPU; the latter skip where there is none.
#include "models/torch/compute.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "models/torch/atomas_network.h"
#include "models/torch/optimizer.h"
#include "models/torch/t5_stepper.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

using Catch::Matchers::ContainsSubstring;
using Tensors = std::map<std::string, at::Tensor>;

const Compute kCpuBfloat16 = {.precision = at::kBFloat16};

Compute gpu(at::ScalarType precision = at::kFloat) {
  if (!at::globalContext().hasCUDA()) SKIP("no CUDA device");
  const Compute compute{.device = {at::kCUDA}, .precision = precision};
  prepare(compute);
  return compute;
}

NetworkOptions some_options(const Compute& compute, double dropout) {
  NetworkOptions options;
  options.t5 = {.vocabulary = 40, .d_model = 32, .d_ff = 48, .d_kv = 8, .heads = 4, .layers = 2};
  options.t5.dropout = dropout;
  options.alignment = strict();
  options.alignment.queue_size = 12;
  options.alignment.heads = 4;
  options.teacher_dropout = false;
  options.compute = compute;
  return options;
}

PairBatch some_batch() {
  return {.text = test::padded({{3, 4, 5, 6, 1}, {7, 8, 1}, {9, 10, 11, 12, 13, 14, 1}, {15, 1}}),
          .smiles = test::padded({{16, 17, 1}, {18, 1}, {19, 20, 21, 22, 1}, {23, 3, 4, 1}})};
}

/// Losses, and gradients by the names of parameters, on the CPU.
Tensors first_step(const Compute& compute, int levels) {
  NetworkOptions options = some_options(compute, 0.0);
  options.alignment.levels = levels;
  AtomasNetwork network(options, 3);
  const Losses losses = network.losses(some_batch(), Targets::kBoth, 0, 3);
  losses.total.backward();
  Tensors found = {{"loss", losses.total},
                   {"loss-ga", losses.global},
                   {"loss-lm-text", losses.writing_text},
                   {"loss-lm-smiles", losses.writing_smiles}};
  for (std::size_t i = 0; i < losses.levels.size(); ++i)
    found["loss-haa-" + std::to_string(i)] = losses.levels[i];
  for (const auto& [name, tensor, trained] : network.parameters().all()) {
    CHECK(tensor.device().type() == compute.device.type());
    if (trained) found[name] = tensor.grad();
  }
  for (auto& [name, tensor] : found) {
    if (!tensor.defined()) continue;
    CHECK(tensor.scalar_type() == at::kFloat);
    tensor = tensor.detach().cpu();
  }
  return found;
}

/// Every difference in units of the largest number of its tensor, or of a hundredth of the largest
/// of all gradients where that is more. Above level 1 a rounding may move a token to another
/// cluster.
void check_first_step(const Compute& compute, int levels, double loss_tolerance, double tolerance) {
  const Tensors reference = first_step({}, levels);
  const Tensors found = first_step(compute, levels);
  double largest = 0.0;
  for (const auto& [name, tensor] : reference) {
    if (tensor.defined() && !name.starts_with("loss"))
      largest = std::max(largest, tensor.abs().max().item<double>());
  }
  for (const auto& [name, tensor] : reference) {
    INFO(name);
    REQUIRE(found.at(name).defined() == tensor.defined());
    if (!tensor.defined()) continue;
    const bool loss = name.starts_with("loss");
    const double unit = std::max(tensor.abs().max().item<double>(), loss ? 0.0 : largest / 100);
    const double difference = (found.at(name) - tensor).abs().max().item<double>();
    CHECK(difference <= (loss ? loss_tolerance : tolerance) * unit);
  }
}

/// Two trainings of some steps with dropout: the state behind each, the optimiser's too.
void check_same_bits(const Compute& compute) {
  const auto trained = [&] {
    AtomasNetwork network(some_options(compute, 0.1), 5);
    Adam adam(network.parameters(), {.rate = 0.01});
    for (std::int64_t step = 0; step < 3; ++step) {
      at::manual_seed(static_cast<std::uint64_t>(step));
      network.losses(some_batch(), Targets::kBoth, step, 5).total.backward();
      adam.step(1.0);
    }
    Tensors state;
    for (const auto& [name, tensor, is_trained] : network.parameters().all())
      state[name] = tensor.detach().cpu();
    return state;
  };
  const Tensors first = trained();
  const Tensors second = trained();
  for (const auto& [name, tensor] : first) {
    INFO(name);
    CHECK(at::equal(tensor, second.at(name)));
    CHECK((name == "queue_ptr" || tensor.scalar_type() == at::kFloat));
    CHECK(at::isfinite(tensor).all().item<bool>());
  }
}

/// Logits step by step beside those of the whole sequence in float32.
void check_steps(const Compute& compute, double tolerance) {
  test::GoldenT5 reference;
  test::GoldenT5 t5(compute.device);
  const c10::InferenceMode guard;
  const at::Tensor tokens = reference.ids.clamp_min(3);
  const at::Tensor whole = reference.decoder.head(reference.decoder(
      tokens, reference.encoder(reference.ids, reference.mask, false), reference.mask, false));
  const Autocast autocast(compute);
  T5Stepper stepper(t5.decoder, t5.encoder(t5.ids, t5.mask, false), t5.mask, 1, tokens.size(1));
  for (std::int64_t i = 0; i < tokens.size(1); ++i) {
    const at::Tensor logits = stepper.step(tokens.select(1, i));
    CHECK(logits.scalar_type() == compute.precision);
    CHECK(test::relative_difference(logits.to(at::kCPU, at::kFloat), whole.select(1, i)) <
          tolerance);
  }
}

/// Greedy and beam outputs beside those of transformers, token by token.
void check_golden_searches(const Compute& compute) {
  test::GoldenT5 t5(compute.device);
  const c10::InferenceMode guard;
  const at::Tensor states = t5.encoder(t5.ids, t5.mask, false);
  const auto run = [&](const SearchOptions& options) {
    T5Stepper stepper(t5.decoder, states, t5.mask, options.beams, options.max_length);
    return search(stepper, t5.ids.size(0), options).tokens;
  };
  CHECK(run({.beams = 1, .max_length = 40}) == test::rows(t5.golden.member("greedy")));
  for (const JsonValue& item : t5.golden.member("beams").items) {
    JsonObject one(item, t5.origin);
    const SearchOptions options{.beams = one.integer("beams"),
                                .max_length = one.integer("max_length"),
                                .length_penalty = one.member("length_penalty").real};
    CAPTURE(options.beams, options.max_length, options.length_penalty);
    CHECK(run(options) == test::rows(one.member("outputs")));
  }
}

TEST_CASE("Greedy and beam outputs are those of transformers, token by token", "[torch]") {
  check_golden_searches({});
}

TEST_CASE("In bfloat16 a step is near that in float32, and weights stay float32", "[torch]") {
  check_first_step(kCpuBfloat16, 1, 0.02, 0.2);
  check_same_bits(kCpuBfloat16);
}

TEST_CASE("In bfloat16 decoding is near that in float32", "[torch]") {
  check_steps(kCpuBfloat16, 0.03);
}

TEST_CASE("Autocast ends where it ends, also inside of another", "[torch]") {
  const at::Tensor x = at::ones({2, 3});
  const auto type = [&] { return at::linear(x, x).scalar_type(); };
  {
    const Autocast outer(kCpuBfloat16);
    {
      const Autocast inner(kCpuBfloat16);
      CHECK(type() == at::kBFloat16);
      const Autocast none(Compute{});
      CHECK(type() == at::kBFloat16);
    }
    CHECK(type() == at::kBFloat16);
  }
  CHECK(type() == at::kFloat);
}

TEST_CASE("A step of the optimiser is seen by the next forward pass in bfloat16", "[torch]") {
  AtomasNetwork network(some_options(kCpuBfloat16, 0.0), 3);
  const auto loss = [&] {
    return network.losses_in_evaluation(some_batch(), Targets::kBoth).language.item<double>();
  };
  const double before = loss();
  Adam adam(network.parameters(), {.rate = 0.01});
  network.losses(some_batch(), Targets::kBoth, 0, 3).total.backward();
  adam.step(1.0);
  CHECK(loss() < before);
}

TEST_CASE("Deterministic mode holds every flag, and cuBLAS's buffers must be fixed", "[torch]") {
  if (!at::globalContext().hasCUDA()) {
    REQUIRE(::unsetenv("CUBLAS_WORKSPACE_CONFIG") == 0);
    deterministic_mode();
    CHECK(std::string(std::getenv("CUBLAS_WORKSPACE_CONFIG")) == ":4096:8");
    const at::Context& context = at::globalContext();
    CHECK(context.deterministicAlgorithms());
    CHECK_FALSE(context.deterministicAlgorithmsWarnOnly());
    CHECK(context.deterministicCuDNN());
    CHECK_FALSE(context.benchmarkCuDNN());
    CHECK_FALSE(context.allowTF32CuBLAS());
    CHECK_FALSE(context.allowTF32CuDNN());
  }
  REQUIRE(::setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8", 1) == 0);
  deterministic_mode();
  REQUIRE(::setenv("CUBLAS_WORKSPACE_CONFIG", ":0:0", 1) == 0);
  try {
    deterministic_mode();
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kCapability);
    CHECK_THAT(error.what(), ContainsSubstring("CUBLAS_WORKSPACE_CONFIG is ':0:0'"));
  }
  REQUIRE(::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 1) == 0);
  at::globalContext().setDeterministicAlgorithms(false, false);
}

TEST_CASE("A device that is not there is named, with a remedy", "[torch]") {
  if (at::globalContext().hasCUDA()) SKIP("there is a CUDA device");
  prepare({});
  CHECK(cuda_devices().empty());
  try {
    prepare({.device = {at::kCUDA}});
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kCapability);
    CHECK_THAT(error.what(), ContainsSubstring("'device' is cuda, and"));
    CHECK_THAT(error.hint(), ContainsSubstring("set 'device' to cpu, or "));
  }
}

TEST_CASE("A GPU's losses and gradients are the CPU's", "[torch][gpu]") {
  check_first_step(gpu(), 3, 1e-4, 1e-4);
}

TEST_CASE("On a GPU in bfloat16 a step is near that in float32 on a CPU", "[torch][gpu]") {
  check_first_step(gpu(at::kBFloat16), 1, 0.02, 0.2);
}

TEST_CASE("A GPU decodes as a CPU does", "[torch][gpu]") {
  check_steps(gpu(), 1e-4);
  check_steps(gpu(at::kBFloat16), 0.03);
}

TEST_CASE("A GPU's greedy and beam outputs are those of transformers", "[torch][gpu]") {
  check_golden_searches(gpu());
}

TEST_CASE("Two trainings on a GPU have the same bits", "[torch][gpu]") {
  check_same_bits(gpu());
  check_same_bits(gpu(at::kBFloat16));
}

}  // namespace
}  // namespace cupel::nn
