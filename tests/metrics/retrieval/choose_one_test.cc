#include "metrics/retrieval/choose_one.h"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using cupel::metrics::choose_one_ranks;
using cupel::metrics::ChooseOne;
using cupel::metrics::TieRank;
using cupel::metrics::TieRule;
using cupel::metrics::weigh_by_batch;

namespace {

cupel::StatisticTable measure(TieRule rule, const std::vector<TieRank>& ranks) {
  return measure_ranks(ChooseOne(rule), ranks);
}

}  // namespace

TEST_CASE("A tie for the first place is right, a chance, or wrong, by rule") {
  const std::vector<TieRank> ranks = {{.better = 0, .equal = 3, .candidates = 4}};
  CHECK(ChooseOne(TieRule::kOptimistic).score(measure(TieRule::kOptimistic, ranks)) == 1.0);
  CHECK(ChooseOne(TieRule::kExpected).score(measure(TieRule::kExpected, ranks)) == 0.25);
  CHECK(ChooseOne(TieRule::kPessimistic).score(measure(TieRule::kPessimistic, ranks)) == 0.0);
  CHECK_THROWS_AS(ChooseOne(TieRule::kAtomas), std::invalid_argument);
}

TEST_CASE("The mean of batch accuracies gives the rows of a short last batch more weight") {
  const ChooseOne metric(TieRule::kOptimistic);
  auto rows = measure(TieRule::kOptimistic, {{.better = 0}, {.better = 1}, {.better = 0}});
  CHECK_THAT(metric.score(rows).value(), WithinAbs(2.0 / 3.0, 1e-15));
  weigh_by_batch(rows, 2, {0, rows.rows()});
  CHECK(metric.score(rows).value() == 0.75);  // (1/2 + 1/1) / 2
  CHECK(metric.counted(rows) == 3);
  CHECK(rows.row(2)[0] == 1.0);  // the row's own correctness is kept
  weigh_by_batch(rows, 3, {0, rows.rows()});
  CHECK_THAT(metric.score(rows).value(), WithinAbs(2.0 / 3.0, 1e-15));
  weigh_by_batch(rows, 2, {0, rows.rows()});
  weigh_by_batch(rows, 0, {0, rows.rows()});
  CHECK_THAT(metric.score(rows).value(), WithinAbs(2.0 / 3.0, 1e-15));
}

TEST_CASE("A row with a NaN partner is never right") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> queries = {1.0F, 1.0F};
  const std::vector<float> candidates = {nan, 2.0F};
  const std::vector<std::uint32_t> negatives = {1, 0};
  const auto ranks = choose_one_ranks({queries, 2, 1}, {candidates, 2, 1}, negatives, 1, 2);
  CHECK(ranks[0].better == 1);
  CHECK(ranks[1] == TieRank{.better = 0, .equal = 0, .candidates = 2});
}

TEST_CASE("Choices that do not fit the embeddings are refused") {
  const std::vector<float> x = {1.0F, 2.0F};
  const std::vector<std::uint32_t> negatives = {1, 0};
  const std::vector<std::uint32_t> outside = {1, 2};
  const cupel::metrics::Embeddings side{x, 2, 1};
  CHECK_THROWS_AS(choose_one_ranks(side, side, negatives, 1, 3), std::invalid_argument);
  CHECK_THROWS_AS(choose_one_ranks(side, side, negatives, 1, 0), std::invalid_argument);
  CHECK_THROWS_AS(choose_one_ranks(side, side, negatives, 2, 2), std::invalid_argument);
  CHECK_THROWS_AS(choose_one_ranks(side, side, outside, 1, 2), std::invalid_argument);
  CHECK_THROWS_AS(choose_one_ranks(side, {x, 1, 2}, negatives, 1, 2), std::invalid_argument);
}

TEST_CASE("Accuracies equal MoleculeSTM's for T = 4, 10, 20 and both batch sizes") {
  const auto path = cupel::test::real_data("golden/t_choose_one.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "t_choose_one.json");
  cupel::JsonObject root(golden, "t_choose_one.json");
  std::vector<std::uint32_t> negatives;
  std::vector<float> sides[2];
  for (const auto& row : root.member("negatives").items)
    for (const auto& index : row.items)
      negatives.push_back(static_cast<std::uint32_t>(index.integer));
  for (const int side : {0, 1}) {
    for (const auto& row : root.member(side == 0 ? "X" : "Y").items)
      for (const auto& x : row.items) sides[side].push_back(static_cast<float>(x.real));
    cupel::metrics::normalize_rows(sides[side], 8);
  }
  const auto& accuracy = root.member("accuracy");
  REQUIRE(accuracy.members.size() == 2);
  int seen = 0;
  for (const auto& [name, values] : accuracy.members) {
    for (const auto& [choices, value] : values.members) {
      const auto ranks = choose_one_ranks({sides[0], 40, 8}, {sides[1], 40, 8}, negatives, 19,
                                          std::stoul(choices));
      auto rows = measure(TieRule::kOptimistic, ranks);
      weigh_by_batch(rows, name == "batch_size_32" ? 32 : 40, {0, rows.rows()});
      CAPTURE(name, choices);
      CHECK_THAT(ChooseOne(TieRule::kOptimistic).score(rows).value(), WithinAbs(value.real, 1e-12));
      ++seen;
    }
  }
  CHECK(seen == 6);
}
