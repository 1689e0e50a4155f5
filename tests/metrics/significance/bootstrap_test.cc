#include "metrics/significance/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/classification/roc_auc.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using cupel::StatisticTable;
using cupel::metrics::bootstrap;
using cupel::metrics::BootstrapOptions;
using cupel::metrics::ScoredMetric;

namespace {

class Mean final : public cupel::metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
};

StatisticTable column(const std::vector<double>& values) {
  StatisticTable table(values.size(), 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.row(i)[0] = values[i];
    table.row(i)[1] = 1.0;
  }
  return table;
}

auto interval_of(const StatisticTable& table, const BootstrapOptions& options) {
  const Mean mean;
  const ScoredMetric one{&mean, &table};
  return bootstrap({&one, 1}, options).at(0);
}

}  // namespace

TEST_CASE("The interval of a mean equals numpy's over the same draws") {
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data("rank_golden.json")),
                                        "rank_golden.json");
  cupel::JsonObject root(golden, "rank_golden.json");
  cupel::JsonObject one(root.member("bootstrap"), "rank_golden.json");
  std::vector<double> values;
  for (const auto& item : one.member("values").items) values.push_back(item.real);
  const auto interval =
      interval_of(column(values), {.draws = static_cast<std::size_t>(one.integer("draws")),
                                   .seed = static_cast<std::uint64_t>(one.integer("seed")),
                                   .confidence = one.member("confidence").real});
  REQUIRE(interval.has_value());
  CHECK_THAT(interval->low, WithinAbs(one.member("low").real, 1e-12));
  CHECK_THAT(interval->high, WithinAbs(one.member("high").real, 1e-12));
  CHECK_THAT(interval->standard_error, WithinAbs(one.member("standard_error").real, 1e-12));
}

TEST_CASE("The interval of a large sample's mean is the one of normal theory") {
  std::mt19937 random(1);
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) values.push_back(static_cast<double>(random() % 1000));
  double mean = 0.0;
  double variance = 0.0;
  for (const double x : values) mean += x / 2000.0;
  for (const double x : values) variance += (x - mean) * (x - mean) / 2000.0;
  const double error = std::sqrt(variance / 2000.0);
  const auto interval = interval_of(column(values), {.draws = 20'000});
  CHECK_THAT(interval->standard_error, WithinRel(error, 0.02));
  CHECK_THAT(interval->low, WithinAbs(mean - 1.95996 * error, 0.05 * error));
  CHECK_THAT(interval->high, WithinAbs(mean + 1.95996 * error, 0.05 * error));
}

TEST_CASE("The interval of three rows is that of all 27 draws") {
  const std::vector<double> values = {0.0, 1.0, 10.0};
  std::vector<double> all;
  for (const double a : values)
    for (const double b : values)
      for (const double c : values) all.push_back((a + b + c) / 3.0);
  std::ranges::sort(all);
  double variance = 0.0;
  for (const double x : all) variance += (x - 11.0 / 3.0) * (x - 11.0 / 3.0) / 27.0;
  // Quantiles inside a step of the exact distribution: 1/27 of it is 0, 1/27 is 10.
  const auto interval = interval_of(column(values), {.draws = 50'000, .confidence = 0.95});
  CHECK_THAT(interval->low, WithinAbs(all.front(), 1e-9));
  CHECK_THAT(interval->high, WithinAbs(all.back(), 1e-9));
  const auto narrow = interval_of(column(values), {.draws = 50'000, .confidence = 0.5});
  CHECK_THAT(narrow->low, WithinAbs(all[6], 1e-9));
  CHECK_THAT(narrow->high, WithinAbs(all[20], 1e-9));
  CHECK_THAT(interval->standard_error, WithinRel(std::sqrt(variance), 0.02));
}

TEST_CASE("One row and constant rows have intervals without width") {
  for (const auto& values : {std::vector<double>{0.3}, std::vector<double>(20, 0.25)}) {
    const auto interval = interval_of(column(values), {.draws = 50});
    REQUIRE(interval.has_value());
    CHECK_THAT(interval->low, WithinAbs(values[0], 1e-15));
    CHECK_THAT(interval->high, WithinAbs(values[0], 1e-15));
    CHECK_THAT(interval->standard_error, WithinAbs(0.0, 1e-15));
  }
}

TEST_CASE("95 % intervals of a mean cover the truth about that often") {
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal(1.0, 2.0);
  constexpr int kExperiments = 600;
  int covered = 0;
  for (int e = 0; e < kExperiments; ++e) {
    std::vector<double> values(60);
    for (double& x : values) x = normal(random);
    const auto interval =
        interval_of(column(values), {.draws = 400, .seed = static_cast<std::uint64_t>(e)});
    covered += interval->low <= 1.0 && 1.0 <= interval->high;
  }
  // A percentile interval of 60 rows covers a little less than it says: about 0.94.
  const double share = static_cast<double>(covered) / kExperiments;
  CHECK(share > 0.94 - 3.3 * std::sqrt(0.94 * 0.06 / kExperiments));
  CHECK(share < 0.94 + 3.3 * std::sqrt(0.94 * 0.06 / kExperiments));
}

TEST_CASE(
    "A score that is missing, or missing in too many draws, has a reason in place of an interval") {
  StatisticTable nothing(3, 2);
  CHECK(interval_of(nothing, {}).error() == "no example counts");
  CHECK(interval_of(StatisticTable(0, 2), {}).error() == "no example");
  StatisticTable rare(30, 2);
  rare.row(4)[0] = rare.row(4)[1] = 1.0;
  const auto lost = interval_of(rare, {.draws = 100});
  REQUIRE_FALSE(lost.has_value());
  CHECK(lost.error().ends_with(" of 100 resamples have no score"));
}

TEST_CASE("A few draws without a score are counted") {
  const cupel::metrics::RocAuc auc({""});
  StatisticTable rows(12, 2);
  for (std::size_t i = 0; i < 12; ++i) {
    const double label = i < 4 ? 1.0 : -1.0;
    const auto logit = static_cast<double>(i * 5 % 12);
    auc.measure({&label, 1}, {&logit, 1}, rows.row(i));
  }
  const ScoredMetric one{&auc, &rows};
  const auto interval = bootstrap({&one, 1}, {.draws = 1000}).at(0);
  REQUIRE(interval.has_value());
  // All twelve are negative with probability (2/3)^12 = 0.0077.
  CHECK(interval->missing > 0);
  CHECK(interval->missing < 25);
  CHECK(interval->draws == 1000);
  CHECK(interval->low < auc.score(rows).value());
  CHECK(interval->high > auc.score(rows).value());
}

TEST_CASE("Options that make no sense are refused") {
  const StatisticTable table = column({1.0, 2.0});
  CHECK_THROWS_AS(interval_of(table, {.draws = 0}), std::invalid_argument);
  CHECK_THROWS_AS(interval_of(table, {.confidence = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(interval_of(table, {.confidence = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(interval_of(table, {.confidence = std::nan("")}), std::invalid_argument);
  CHECK(bootstrap({}, {}).empty());
}
