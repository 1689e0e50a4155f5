#include "models/torch/atomas_network.h"

#include <cmath>

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "models/torch/optimizer.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

NetworkOptions small_options() {
  NetworkOptions options;
  options.t5 = {.vocabulary = 24, .d_model = 16, .d_ff = 24, .d_kv = 4, .heads = 4, .layers = 1};
  options.t5.dropout = 0.1;
  options.alignment = strict();
  options.alignment.queue_size = 12;
  options.alignment.heads = 4;
  options.teacher_dropout = false;
  return options;
}

PairBatch some_batch() {
  return {.text = test::padded({{3, 4, 5, 6, 1}, {7, 8, 1}, {9, 10, 11, 12, 13, 14, 1}, {15, 1}}),
          .smiles = test::padded({{16, 17, 1}, {18, 1}, {19, 20, 21, 22, 1}, {23, 3, 4, 1}})};
}

TEST_CASE("The total is the weighted sum of the three losses", "[torch]") {
  NetworkOptions options = small_options();
  options.global_weight = 0.5;
  options.language_weight = 3.0;
  options.hierarchical_weight = 0.25;
  AtomasNetwork network(options, 1);
  const Losses losses = network.losses(some_batch(), Targets::kSmiles, 0, 1);
  REQUIRE(losses.levels.size() == 3);
  double expected = 0.5 * losses.global.item<double>() + 3.0 * losses.language.item<double>();
  for (const at::Tensor& level : losses.levels) expected += 0.25 * level.item<double>();
  CHECK(losses.total.item<double>() == Catch::Approx(expected).epsilon(1e-6));
}

TEST_CASE("Both directions are the mean of each", "[torch]") {
  NetworkOptions options = small_options();
  options.t5.dropout = 0.0;
  options.global_weight = 0.0;
  options.momentum_copy = false;
  const AtomasNetwork network(options, 1);
  const auto language = [&](Targets targets) {
    return network.losses_in_evaluation(some_batch(), targets).language.item<double>();
  };
  CHECK(language(Targets::kBoth) ==
        Catch::Approx((language(Targets::kText) + language(Targets::kSmiles)) / 2).epsilon(1e-6));
  CHECK(language(Targets::kText) != language(Targets::kSmiles));
}

TEST_CASE("A loss of weight 0 is not computed, and its modules do not exist", "[torch]") {
  NetworkOptions options = small_options();
  options.global_weight = 0.0;
  options.hierarchical_weight = 0.0;
  options.momentum_copy = false;
  AtomasNetwork network(options, 1);
  const Losses losses = network.losses(some_batch(), Targets::kText, 0, 1);
  CHECK_FALSE(losses.global.defined());
  CHECK(losses.levels.empty());
  CHECK(network.hierarchical() == nullptr);
  for (const auto& [name, tensor, trained] : network.parameters().all())
    CHECK_FALSE((name.starts_with("t_ctm") || name.starts_with("molt5_m.")));
}

// Spec G: an offset that stays decays as 1 - 0.995^n.
TEST_CASE("The momentum copy follows a constant offset", "[torch]") {
  NetworkOptions options = small_options();
  options.alignment.momentum = 0.9;
  AtomasNetwork network(options, 1);
  const at::Tensor online = network.parameters().get("molt5.shared.weight");
  const at::Tensor copy = network.parameters().get("molt5_m.shared.weight");
  CHECK(at::equal(online, copy));
  {
    const at::NoGradGuard guard;
    online.add_(1.0);
  }
  const at::Tensor start = copy.clone();
  for (int n = 1; n <= 5; ++n) {
    static_cast<void>(network.losses(some_batch(), Targets::kText, n, 1));
    const double moved = (copy - start).mean().item<double>();
    CHECK(moved == Catch::Approx(1.0 - std::pow(0.9, n)).epsilon(1e-4));
  }
}

TEST_CASE("The momentum copy is never trained", "[torch]") {
  AtomasNetwork network(small_options(), 1);
  network.losses(some_batch(), Targets::kText, 0, 1).total.backward();
  for (const auto& [name, tensor, trained] : network.parameters().all()) {
    if (!trained) CHECK_FALSE(tensor.grad().defined());
  }
  CHECK(network.parameters().get("molt5.shared.weight").grad().defined());
}

TEST_CASE("Separate encoders share nothing, a unified one everything", "[torch]") {
  NetworkOptions options = small_options();
  options.momentum_copy = false;
  options.global_weight = 0.0;
  const AtomasNetwork unified(options, 1);
  options.unified = false;
  const AtomasNetwork separate(options, 1);
  const std::int64_t encoder = 24 * 16 + 4 * 16 * 16 + 3 * 24 * 16 + 3 * 16 + 32 * 4;
  CHECK(separate.parameters().count() == unified.parameters().count() + encoder);
  const c10::InferenceMode guard;
  const at::Tensor ids = some_batch().text;
  const auto states = [&](const AtomasNetwork& network, Modality modality) {
    return network.encode(modality, ids, Weights::kOnline).states;
  };
  CHECK(at::equal(states(unified, Modality::kText), states(unified, Modality::kSmiles)));
  CHECK(at::equal(states(unified, Modality::kText), states(separate, Modality::kText)));
  CHECK_FALSE(at::equal(states(separate, Modality::kText), states(separate, Modality::kSmiles)));
}

TEST_CASE("The decoder's context is the source alone, or both", "[torch]") {
  NetworkOptions options = small_options();
  options.t5.dropout = 0.0;
  options.global_weight = 0.0;
  options.hierarchical_weight = 0.0;
  options.momentum_copy = false;
  const auto language = [&](const PairBatch& batch) {
    AtomasNetwork network(options, 1);
    return network.losses_in_evaluation(batch, Targets::kSmiles).language.item<double>();
  };
  const PairBatch batch = some_batch();
  const double source = language(batch);
  options.both_contexts = true;
  CHECK(language(batch) != source);
}

TEST_CASE("A step and its draws follow from seed and step", "[torch]") {
  const auto trained = [] {
    AtomasNetwork network(small_options(), 5);
    Adam adam(network.parameters(), {.rate = 0.01});
    for (std::int64_t step = 0; step < 4; ++step) {
      at::manual_seed(static_cast<std::uint64_t>(step));
      network.losses(some_batch(), Targets::kSmiles, step, 5).total.backward();
      adam.step(1.0);
    }
    return network.parameters().get("molt5.lm_head.weight").detach().clone();
  };
  CHECK(at::equal(trained(), trained()));
}

TEST_CASE("Evaluation changes nothing", "[torch]") {
  AtomasNetwork network(small_options(), 5);
  std::vector<at::Tensor> before;
  for (const auto& entry : network.parameters().all())
    before.push_back(entry.tensor.detach().clone());
  const double first =
      network.losses_in_evaluation(some_batch(), Targets::kText).total.item<double>();
  CHECK(first == network.losses_in_evaluation(some_batch(), Targets::kText).total.item<double>());
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(at::equal(network.parameters().all()[i].tensor, before[i]));
}

}  // namespace
}  // namespace cupel::nn
