#include "metrics/significance/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/classification/roc_auc.h"
#include "metrics/retrieval/retrieval_metrics.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using cupel::StatisticTable;
using cupel::metrics::bootstrap_scores;
using cupel::metrics::count_missing;
using cupel::metrics::DrawnScores;
using cupel::metrics::percentile_bounds;
using cupel::metrics::ScoredMetric;

namespace {

/// Sum of the first column over the sum of the last.
class Ratio final : public cupel::metrics::AdditiveMetric {
 public:
  explicit Ratio(std::size_t columns) : columns_(columns) {}
  [[nodiscard]] std::vector<std::string> statistics() const override {
    return std::vector<std::string>(columns_, "x");
  }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    if (sum.size() != columns_) throw std::logic_error("wrong number of columns");
    if (sum.back() == 0.0) return std::unexpected("zero");
    return sum.front() / sum.back();
  }

 private:
  std::size_t columns_;
};

StatisticTable random_table(std::size_t rows, std::size_t columns, unsigned seed) {
  std::mt19937 random(seed);
  StatisticTable table(rows, columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (double& x : table.row(i)) x = static_cast<double>(random() % 1000) / 7.0;
  return table;
}

/// The definition, word for word: multiplicities of the drawn rows, then the metric's own score.
DrawnScores slowly(const ScoredMetric& one, std::size_t draws, std::uint64_t seed) {
  DrawnScores scores;
  for (std::size_t d = 0; d < draws; ++d) {
    std::vector<std::uint32_t> indices(one.rows->rows());
    cupel::metrics::draw_rows(seed, d, indices.size(), indices);
    std::vector<std::uint32_t> times(indices.size(), 0);
    for (const auto index : indices) ++times[index];
    const auto score = one.metric->score(*one.rows, times);
    scores.push_back(score ? std::optional(*score) : std::nullopt);
  }
  return scores;
}

std::vector<std::uint32_t> integers(const cupel::JsonValue& array) {
  std::vector<std::uint32_t> all;
  for (const auto& item : array.items) all.push_back(static_cast<std::uint32_t>(item.integer));
  return all;
}

}  // namespace

TEST_CASE("The streams are those of an independent generator") {
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data("rank_golden.json")),
                                        "rank_golden.json");
  cupel::JsonObject root(golden, "rank_golden.json");
  const auto& cases = root.member("streams").items;
  REQUIRE(cases.size() == 5);
  for (const auto& item : cases) {
    cupel::JsonObject one(item, "rank_golden.json");
    const std::uint64_t seed = std::stoull(one.text("seed"));
    const auto draw = static_cast<std::uint64_t>(one.integer("draw"));
    std::vector<std::uint32_t> rows(25);
    cupel::metrics::draw_rows(seed, draw, static_cast<std::size_t>(one.integer("rows")), rows);
    CHECK(rows == integers(one.member("indices")));
    std::vector<std::uint32_t> bits(70);
    cupel::metrics::draw_bits(seed, draw, bits);
    CHECK(bits == integers(one.member("bits")));
  }
}

TEST_CASE("Drawn rows and bits are uniform") {
  constexpr std::size_t kRows = 7;
  std::vector<double> seen(kRows, 0.0);
  double ones = 0.0;
  std::vector<std::uint32_t> rows(1000);
  std::vector<std::uint32_t> bits(1000);
  for (std::uint64_t draw = 0; draw < 70; ++draw) {
    cupel::metrics::draw_rows(9, draw, kRows, rows);
    cupel::metrics::draw_bits(9, draw, bits);
    for (const auto row : rows) seen.at(row) += 1.0;
    for (const auto bit : bits) ones += bit;
  }
  double chi_squared = 0.0;
  for (const double count : seen) chi_squared += (count - 1e4) * (count - 1e4) / 1e4;
  CHECK(chi_squared < 22.5);  // 6 degrees of freedom, p = 0.001
  CHECK(std::abs(ones - 35'000.0) < 3.3 * std::sqrt(70'000.0 / 4.0));
}

TEST_CASE("Streams cope with no rows, and refuse more than 32 bits of them") {
  std::vector<std::uint32_t> out;
  cupel::metrics::draw_rows(1, 0, 5, out);
  cupel::metrics::draw_rows(1, 0, 0, out);
  cupel::metrics::draw_bits(1, 0, out);
  CHECK(out.empty());
  out.resize(1);
  CHECK_THROWS_AS(cupel::metrics::draw_rows(1, 0, std::size_t{1} << 32U, out),
                  std::invalid_argument);
}

TEST_CASE("The fast path equals the definition for every width of table and several at once") {
  std::vector<Ratio> metrics;
  std::vector<StatisticTable> tables;
  for (std::size_t columns = 1; columns < 20; ++columns) {
    metrics.emplace_back(columns);
    tables.push_back(random_table(31, columns, static_cast<unsigned>(columns)));
  }
  std::vector<ScoredMetric> all;
  for (std::size_t m = 0; m < metrics.size(); ++m) all.push_back({&metrics[m], &tables[m]});
  const auto together = bootstrap_scores(all, 40, 5, 1);
  for (std::size_t m = 0; m < all.size(); ++m) {
    const auto alone = bootstrap_scores({&all[m], 1}, 40, 5, 1).at(0);
    const auto expected = slowly(all[m], 40, 5);
    for (std::size_t d = 0; d < 40; ++d) {
      CHECK_THAT(together[m][d].value(), WithinRel(expected[d].value(), 1e-12));
      CHECK_THAT(alone[d].value(), WithinRel(expected[d].value(), 1e-12));
    }
  }
}

TEST_CASE("Metrics that are not additive take part in the same draws") {
  std::mt19937 random(2);
  const auto median = make_median_rank(cupel::metrics::TieRule::kExpected);
  const auto mean = make_mean_rank(cupel::metrics::TieRule::kExpected);
  const cupel::metrics::RocAuc auc({""});
  std::vector<cupel::metrics::TieRank> ranks;
  StatisticTable labels(50, 2);
  for (std::size_t i = 0; i < 50; ++i) {
    ranks.push_back({.better = static_cast<std::uint32_t>(random() % 20)});
    const double label = random() % 3 == 0 ? 1.0 : -1.0;
    const auto logit = static_cast<double>(random() % 10);
    auc.measure({&label, 1}, {&logit, 1}, labels.row(i));
  }
  const auto median_rows = measure_ranks(*median, ranks);
  const auto mean_rows = measure_ranks(*mean, ranks);
  const std::vector<ScoredMetric> all = {
      {median.get(), &median_rows}, {mean.get(), &mean_rows}, {&auc, &labels}};
  const auto drawn = bootstrap_scores(all, 60, 3, 1);
  for (std::size_t m = 0; m < all.size(); ++m) {
    const auto expected = slowly(all[m], 60, 3);
    for (std::size_t d = 0; d < 60; ++d)
      CHECK_THAT(drawn[m][d].value(), WithinAbs(expected[d].value(), 1e-12));
  }
}

TEST_CASE("Scores of draws do not depend on the number of threads") {
  const Ratio metric(10);
  const auto table = random_table(200, 10, 1);
  const ScoredMetric one{&metric, &table};
  const auto single = bootstrap_scores({&one, 1}, 500, 8, 1);
  CHECK(bootstrap_scores({&one, 1}, 500, 8, 3) == single);
  CHECK(bootstrap_scores({&one, 1}, 500, 8, 0) == single);
  CHECK(bootstrap_scores({&one, 1}, 500, 9, 1) != single);
  const auto fewer = bootstrap_scores({&one, 1}, 100, 8, 1).at(0);
  CHECK(std::ranges::equal(fewer, std::span(single.at(0)).first(100)));
}

TEST_CASE("A draw without a score is empty, and tables of other lengths are refused") {
  const Ratio metric(1);
  StatisticTable sparse(3, 1);
  sparse.row(0)[0] = 1.0;
  const ScoredMetric one{&metric, &sparse};
  const auto drawn = bootstrap_scores({&one, 1}, 300, 1, 1).at(0);
  // A draw misses the one row that counts with probability (2/3)^3.
  CHECK(std::abs(static_cast<double>(count_missing(drawn)) - 300 * 8.0 / 27.0) < 30.0);
  const StatisticTable longer(4, 1);
  const std::vector<ScoredMetric> uneven = {{&metric, &sparse}, {&metric, &longer}};
  CHECK_THROWS_AS(bootstrap_scores(uneven, 10, 1, 1), std::invalid_argument);
  const StatisticTable empty(0, 1);
  const ScoredMetric none{&metric, &empty};
  CHECK(count_missing(bootstrap_scores({&none, 1}, 5, 1, 1).at(0)) == 5);
}

TEST_CASE("Quantiles interpolate between order statistics") {
  const std::vector<double> sorted = {1.0, 2.0, 4.0, 8.0};
  CHECK(cupel::metrics::quantile(sorted, 0.0) == 1.0);
  CHECK(cupel::metrics::quantile(sorted, 1.0) == 8.0);
  CHECK(cupel::metrics::quantile(sorted, 0.5) == 3.0);
  CHECK_THAT(cupel::metrics::quantile(sorted, 0.9), WithinAbs(6.8, 1e-12));
  CHECK(cupel::metrics::quantile(std::vector<double>{5.0}, 0.3) == 5.0);
}

TEST_CASE("Missing draws widen the bounds on both sides, and too many leave none") {
  DrawnScores draws;
  for (int i = 0; i < 98; ++i) draws.emplace_back(i);
  draws.emplace_back();
  const auto bounds = percentile_bounds(draws, 0.95);
  REQUIRE(bounds.has_value());
  CHECK_THAT(bounds->low, WithinAbs(0.025 * 98 - 1, 1e-9));  // one missing draw lies below all
  CHECK_THAT(bounds->high, WithinAbs(0.975 * 98, 1e-9));     // and above all
  for (int i = 0; i < 3; ++i) draws.emplace_back();
  CHECK_FALSE(percentile_bounds(draws, 0.95).has_value());
  CHECK_FALSE(percentile_bounds({}, 0.95).has_value());
}

TEST_CASE("The deviation leaves missing draws out") {
  CHECK(cupel::metrics::deviation({1.0, std::nullopt, 3.0}) == std::sqrt(2.0));
  CHECK(cupel::metrics::deviation({1.0}) == 0.0);
  CHECK(cupel::metrics::deviation({}) == 0.0);
}
