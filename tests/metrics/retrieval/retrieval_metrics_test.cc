#include "metrics/retrieval/retrieval_metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using cupel::JsonValue;
using cupel::metrics::make_mean_rank;
using cupel::metrics::make_median_rank;
using cupel::metrics::make_mrr;
using cupel::metrics::make_recall;
using cupel::metrics::RankMetric;
using cupel::metrics::TieRank;
using cupel::metrics::TieRule;

namespace {

constexpr std::array kRules = {TieRule::kOptimistic, TieRule::kExpected, TieRule::kPessimistic,
                               TieRule::kAtomas};

double score(const RankMetric& metric, std::span<const TieRank> ranks) {
  return metric.score(measure_ranks(metric, ranks)).value();
}

std::vector<TieRank> some_ranks(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<TieRank> ranks;
  for (std::size_t i = 0; i < n; ++i) {
    ranks.push_back({.better = static_cast<std::uint32_t>(random() % 40),
                     .equal = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 9) : 0,
                     .candidates = 60,
                     .finite = random() % 10 != 0});
  }
  return ranks;
}

/// Every metric under every rule.
std::vector<std::unique_ptr<RankMetric>> all_metrics() {
  std::vector<std::unique_ptr<RankMetric>> all;
  for (const TieRule rule : kRules) {
    for (const std::size_t k : {1, 5, 20}) all.push_back(make_recall(k, rule));
    all.push_back(make_mrr(rule));
    all.push_back(make_mean_rank(rule));
    all.push_back(make_median_rank(rule));
  }
  return all;
}

using Matrix = std::vector<std::vector<float>>;

Matrix transposed(const Matrix& matrix) {
  Matrix result(matrix.size(), std::vector<float>(matrix.size()));
  for (std::size_t i = 0; i < matrix.size(); ++i)
    for (std::size_t j = 0; j < matrix.size(); ++j) result[j][i] = matrix[i][j];
  return result;
}

std::vector<TieRank> diagonal_ranks(const Matrix& matrix) {
  std::vector<TieRank> ranks;
  for (std::size_t i = 0; i < matrix.size(); ++i)
    ranks.push_back(cupel::metrics::rank_of(std::span<const float>(matrix[i]), i));
  return ranks;
}

/// The golden file's matrix, or the one that its formula describes.
Matrix golden_matrix(const std::string& name, const JsonValue* stored) {
  Matrix matrix;
  if (stored != nullptr && stored->kind == JsonValue::Kind::kArray) {
    for (const JsonValue& row : stored->items) {
      auto& to = matrix.emplace_back();
      for (const JsonValue& x : row.items)
        to.push_back(x.kind == JsonValue::Kind::kNull ? std::numeric_limits<float>::quiet_NaN()
                                                      : static_cast<float>(x.real));
    }
    return matrix;
  }
  REQUIRE(name == "formula500");
  matrix.assign(500, std::vector<float>(500));
  for (std::size_t i = 0; i < 500; ++i) {
    for (std::size_t j = 0; j < 500; ++j) {
      const double sine =
          std::sin(static_cast<double>(i + 1) * 12.9898 + static_cast<double>(j + 1) * 78.233) *
          43758.5453;
      const double value = sine - std::floor(sine) + (i == j ? 0.35 : 0.0);
      matrix[i][j] = static_cast<float>(std::rint(value * 1e4) / 1e4);
    }
  }
  return matrix;
}

void check_direction(const Matrix& matrix, const JsonValue& expected, double queries) {
  const auto ranks = diagonal_ranks(matrix);
  cupel::JsonObject golden(expected, "retrieval.json");
  const auto close = [&](const RankMetric& metric, const char* key, double scale) {
    CAPTURE(key);
    CHECK_THAT(scale * score(metric, ranks), WithinAbs(golden.member(key).real, 1e-12));
  };
  close(*make_recall(1, TieRule::kAtomas), "R1", 100.0);
  close(*make_recall(5, TieRule::kAtomas), "R5", 100.0);
  close(*make_recall(10, TieRule::kAtomas), "R10", 100.0);
  close(*make_recall(50, TieRule::kAtomas), "R50", 100.0);
  close(*make_median_rank(TieRule::kAtomas), "MedianR", 1.0);
  close(*make_mean_rank(TieRule::kAtomas), "MeanR", 1.0);
  const auto metric = make_mrr(TieRule::kAtomas);
  CHECK(static_cast<double>(metric->counted(measure_ranks(*metric, ranks))) == queries);
}

}  // namespace

TEST_CASE("Retrieval metrics of hand-worked ranks") {
  const std::vector<TieRank> ranks = {{.better = 0}, {.better = 1}, {.better = 4}, {.better = 9}};
  CHECK(score(*make_recall(1, TieRule::kExpected), ranks) == 0.25);
  CHECK(score(*make_recall(2, TieRule::kExpected), ranks) == 0.5);
  CHECK(score(*make_recall(10, TieRule::kExpected), ranks) == 1.0);
  CHECK_THAT(score(*make_mrr(TieRule::kExpected), ranks),
             WithinAbs((1 + 0.5 + 0.2 + 0.1) / 4, 1e-15));
  CHECK(score(*make_mean_rank(TieRule::kExpected), ranks) == 4.5);
  CHECK(score(*make_median_rank(TieRule::kExpected), ranks) == 3.5);
}

TEST_CASE("Medians of ties: half ranks are possible, and Atomas counts every position") {
  const std::vector<TieRank> ranks = {{.better = 0, .equal = 1}, {.better = 2, .equal = 4}};
  CHECK(score(*make_median_rank(TieRule::kOptimistic), ranks) == 2.0);
  CHECK(score(*make_median_rank(TieRule::kExpected), ranks) == 3.25);    // 1.5 and 5
  CHECK(score(*make_median_rank(TieRule::kPessimistic), ranks) == 4.5);  // 2 and 7
  CHECK(score(*make_median_rank(TieRule::kAtomas), ranks) == 4.0);       // 1 2 3 4 5 6 7
}

TEST_CASE("Optimistic scores bound the expected ones, and those the pessimistic") {
  const auto ranks = some_ranks(50, 3);
  const auto in_order = [&](auto make) {
    const double best = score(*make(TieRule::kOptimistic), ranks);
    const double expected = score(*make(TieRule::kExpected), ranks);
    const double worst = score(*make(TieRule::kPessimistic), ranks);
    CHECK(((best > expected && expected > worst) || (best < expected && expected < worst)));
  };
  in_order([](TieRule rule) { return make_recall(5, rule); });
  in_order([](TieRule rule) { return make_mrr(rule); });
  in_order([](TieRule rule) { return make_mean_rank(rule); });
}

TEST_CASE("Multiplicities score as if the rows were repeated, and order does not matter") {
  auto ranks = some_ranks(40, 4);
  std::mt19937 random(5);
  std::vector<std::uint32_t> times;
  std::vector<TieRank> repeated;
  for (const TieRank& rank : ranks) {
    times.push_back(static_cast<std::uint32_t>(random() % 4));
    repeated.insert(repeated.end(), times.back(), rank);
  }
  std::ranges::shuffle(repeated, random);
  for (const auto& metric : all_metrics()) {
    const auto rows = measure_ranks(*metric, ranks);
    CHECK_THAT(metric->score(rows, times).value(), WithinAbs(score(*metric, repeated), 1e-12));
    CHECK_THAT(metric->prepare(rows)(times).value(), WithinAbs(score(*metric, repeated), 1e-12));
  }
}

TEST_CASE("A stored row is enough to score under any other tie rule") {
  const auto ranks = some_ranks(30, 6);
  for (const TieRule stored : kRules) {
    const auto rows = measure_ranks(*make_recall(1, stored), ranks);
    std::vector<TieRank> restored;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      restored.push_back(cupel::metrics::stored_rank(rows.row(i)));
    for (const auto& metric : all_metrics())
      CHECK(score(*metric, restored) == score(*metric, ranks));
  }
}

TEST_CASE("Without a query that counts there is a reason and no score") {
  const std::vector<TieRank> dropped = {{.better = 1, .finite = false}};
  for (const auto& metric : all_metrics()) {
    const auto rows = measure_ranks(*metric, std::span<const TieRank>());
    CHECK(metric->score(rows).error() == "no example");
    CHECK(metric->counted(rows) == 0);
    const std::vector<std::uint32_t> never = {0};
    CHECK_FALSE(metric->score(measure_ranks(*metric, dropped), never).has_value());
  }
  for (const auto& metric : {make_recall(1, TieRule::kAtomas), make_median_rank(TieRule::kAtomas)})
    CHECK(metric->score(measure_ranks(*metric, dropped)).error() == "no query counts");
  CHECK_THROWS_AS(make_recall(0, TieRule::kExpected), std::invalid_argument);
}

TEST_CASE("A damaged store with an absurd rank gives a reason, not an allocation") {
  const auto metric = make_median_rank(TieRule::kOptimistic);
  const std::vector<TieRank> ranks = {{.better = 4'000'000'000U}};
  CHECK(metric->score(measure_ranks(*metric, ranks)).error() == "a stored rank is out of bounds");
}

TEST_CASE("Retrieval metrics equal Atomas' retrieva_metrics on the golden matrices") {
  const auto path = cupel::test::real_data("golden/retrieval.json");
  const JsonValue golden = cupel::parse_json(cupel::read_file(path), "retrieval.json");
  cupel::JsonObject root(golden, "retrieval.json");
  const auto& cases = root.member("cases").items;
  REQUIRE(cases.size() == 6);
  for (const JsonValue& item : cases) {
    cupel::JsonObject one(item, "retrieval.json");
    const std::string name = one.text("name");
    CAPTURE(name);
    const Matrix matrix = golden_matrix(name, one.find("matrix"));
    const auto& lengths = one.member("len_ind").items;
    const JsonValue* mrr = one.find("mrr_from_cols");
    const JsonValue* optimistic = one.find("mrr_optimistic");
    const char* const directions[] = {"text_to_smiles", "smiles_to_text"};
    for (std::size_t d = 0; d < lengths.size(); ++d) {
      CAPTURE(directions[d]);
      const Matrix x = d == 0 ? matrix : transposed(matrix);
      check_direction(x, one.member(directions[d]), lengths[d].real);
      const auto ranks = diagonal_ranks(x);
      if (mrr != nullptr)
        CHECK_THAT(score(*make_mrr(TieRule::kAtomas), ranks),
                   WithinAbs(mrr->items.at(d).real, 1e-12));
      if (optimistic != nullptr)
        CHECK_THAT(score(*make_mrr(TieRule::kOptimistic), ranks),
                   WithinAbs(optimistic->items.at(d).real, 1e-12));
      for (const auto& [key, rule] : {std::pair{"rank0_optimistic", TieRule::kOptimistic},
                                      std::pair{"rank0_pessimistic", TieRule::kPessimistic}}) {
        const JsonValue* stored = one.find(key);
        if (stored == nullptr || stored->kind == JsonValue::Kind::kNull) continue;
        for (std::size_t i = 0; i < ranks.size(); ++i)
          CHECK(position(ranks[i], rule) - 1.0 == stored->items.at(d).items.at(i).real);
      }
    }
  }
}
