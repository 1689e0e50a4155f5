#include "models/torch/property_training.h"

#include <cmath>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/split_mix.h"

namespace cupel::nn {
namespace {

TEST_CASE("The area counts pairs, ties one half, columns with both classes", "[torch]") {
  // Columns: all pairs right; one tie; no negative; a missing label.
  const std::vector<float> scores = {.1F, .5F, .3F, .9F, .2F, .5F, .1F, .8F, .3F, .6F, .2F, .1F};
  const std::vector<std::int8_t> labels = {-1, -1, 1, 1, 1, 1, 1, 0, 1, -1, 1, -1};
  // 1, then (0.5 below 0.5: half, 0.5 below 0.6 wrong) 0.25, none, and 0.9 over 0.1.
  CHECK(mean_roc_auc(scores, labels, 4) == Catch::Approx((1.0 + 0.25 + 1.0) / 3.0));
  const std::vector<float> one = {0.5F};
  const std::vector<std::int8_t> positive = {1};
  CHECK(std::isnan(mean_roc_auc(one, positive, 1)));
}

TEST_CASE("The area is the share of pairs in order, counted one by one", "[torch]") {
  SplitMix64 random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<float> scores;
    std::vector<std::int8_t> labels;
    for (int i = 0; i < 40; ++i) {
      scores.push_back(static_cast<float>(random.below(12)));
      labels.push_back(static_cast<std::int8_t>(static_cast<int>(random.below(3)) - 1));
    }
    double right = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      for (std::size_t j = 0; j < scores.size(); ++j) {
        if (labels[i] != 1 || labels[j] != -1) continue;
        pairs += 1.0;
        right += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
      }
    }
    CHECK(mean_roc_auc(scores, labels, 1) == Catch::Approx(right / pairs));
  }
}

TEST_CASE("A small network learns which molecules hold a token", "[torch]") {
  NetworkOptions options;
  options.t5 = t5_size("tiny", 30).value();
  options.t5.dropout = 0.0;
  options.alignment = strict();
  options.global_weight = 0.0;
  options.hierarchical_weight = 0.0;
  options.momentum_copy = false;
  AtomasNetwork network(options, 1);
  const Linear head = make_property_head(network, 1, 2);
  LabelledMolecules molecules;
  SplitMix64 random(3);
  for (int i = 0; i < 120; ++i) {
    Ids ids;
    for (std::size_t n = 4 + random.below(8); n > 0; --n)
      ids.push_back(static_cast<std::int32_t>(3 + random.below(20)));
    const auto holds = [&](std::int32_t id) {
      return static_cast<std::int8_t>(std::ranges::contains(ids, id) ? 1 : -1);
    };
    molecules.labels.push_back(holds(7));
    molecules.labels.push_back(i % 3 == 0 ? std::int8_t{0} : holds(9));
    ids.push_back(kEnd);
    molecules.smiles.push_back(ids);
  }
  PropertyTrainee trainee(network, head, molecules, molecules, false);
  OptimizerOptions adam_options;
  adam_options.rate = 2e-3;
  Adam adam(network.parameters(), adam_options);
  EpochOrder order(std::vector<std::size_t>(molecules.smiles.size(), 1), 20, 1, 1);
  const double before = trainee.validate().second;
  for (std::size_t step = 0; step < 60; ++step) {
    trainee.losses(order.group(step), static_cast<std::int64_t>(step)).front().second.backward();
    adam.step(1.0);
  }
  CHECK(before > 0.2);
  CHECK(trainee.validate().second < 0.05);
}

}  // namespace
}  // namespace cupel::nn
