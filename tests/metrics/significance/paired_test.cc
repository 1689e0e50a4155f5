#include "metrics/significance/paired.h"

#include <cmath>
#include <cstdint>
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
using cupel::StatisticTable;
using cupel::metrics::approximate_randomization;
using cupel::metrics::paired_bootstrap;
using cupel::metrics::PairedRuns;

namespace {

class Mean final : public cupel::metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
};

/// The same numbers by the general path.
class SlowMean final : public cupel::metrics::Metric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] cupel::metrics::Value score(const StatisticTable& rows,
                                            std::span<const std::uint32_t> times) const override {
    return Mean().score(rows, times);
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

auto compare(const StatisticTable& baseline, const StatisticTable& candidate,
             const cupel::metrics::BootstrapOptions& options) {
  const Mean mean;
  const PairedRuns run{&mean, &baseline, &candidate};
  return paired_bootstrap({&run, 1}, options).at(0);
}

auto randomize(const StatisticTable& baseline, const StatisticTable& candidate,
               const cupel::metrics::RandomizationOptions& options) {
  const Mean mean;
  const PairedRuns run{&mean, &baseline, &candidate};
  return approximate_randomization({&run, 1}, options).at(0);
}

}  // namespace

TEST_CASE("Both tests equal an independent computation on the same streams") {
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data("rank_golden.json")),
                                        "rank_golden.json");
  cupel::JsonObject root(golden, "rank_golden.json");
  cupel::JsonObject one(root.member("paired"), "rank_golden.json");
  std::vector<double> sides[2];
  for (const int side : {0, 1})
    for (const auto& item : one.member(side == 0 ? "baseline" : "candidate").items)
      sides[side].push_back(item.real);
  const auto trials = static_cast<std::size_t>(one.integer("trials"));
  const auto seed = static_cast<std::uint64_t>(one.integer("seed"));
  const auto compared =
      compare(column(sides[0]), column(sides[1]), {.draws = trials, .seed = seed});
  REQUIRE(compared.has_value());
  CHECK_THAT(compared->p, WithinAbs(one.member("bootstrap_p").real, 1e-12));
  CHECK_THAT(compared->low, WithinAbs(one.member("low").real, 1e-12));
  CHECK_THAT(compared->high, WithinAbs(one.member("high").real, 1e-12));
  CHECK_THAT(compared->greater, WithinAbs(one.member("greater").real, 1e-12));
  const auto randomized =
      randomize(column(sides[0]), column(sides[1]), {.trials = trials, .seed = seed});
  CHECK_THAT(randomized->p, WithinAbs(one.member("randomization_p").real, 1e-12));
  CHECK(randomized->difference == compared->difference);
}

TEST_CASE("Randomization of few rows has the p-value of all sign flips") {
  const std::vector<double> baseline = {0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.8};
  const std::vector<double> candidate = {0.4, 0.6, 0.9, 0.8, 0.5, 0.9, 0.95};
  double observed = 0.0;
  for (std::size_t i = 0; i < 7; ++i) observed += candidate[i] - baseline[i];
  int extreme = 0;
  for (unsigned flips = 0; flips < 128; ++flips) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 7; ++i)
      sum += (flips >> i & 1U ? -1.0 : 1.0) * (candidate[i] - baseline[i]);
    extreme += std::abs(sum) >= observed - 1e-12;
  }
  const double exact = extreme / 128.0;
  const auto result = randomize(column(baseline), column(candidate), {.trials = 40'000});
  CHECK_THAT(result->p, WithinAbs(exact, 3.3 * std::sqrt(exact * (1 - exact) / 40'000)));
}

TEST_CASE("Identical runs do not differ") {
  const StatisticTable table = column({0.1, 0.7, 0.3, 0.33});
  const auto compared = compare(table, table, {});
  CHECK(compared->difference == 0.0);
  CHECK(compared->p == 1.0);
  CHECK(compared->greater == 0.5);
  CHECK(compared->low == 0.0);
  CHECK(compared->high == 0.0);
  CHECK(randomize(table, table, {.trials = 100})->p == 1.0);
}

TEST_CASE("A run that is better on every row differs as clearly as the draws can show") {
  std::vector<double> low(40);
  std::vector<double> high(40);
  for (std::size_t i = 0; i < 40; ++i) {
    low[i] = static_cast<double>(i % 7);
    high[i] = low[i] + 1.0 + 0.01 * static_cast<double>(i % 3);
  }
  const auto compared = compare(column(low), column(high), {.draws = 999});
  CHECK(compared->p == 1.0 / 1000);
  CHECK(compared->greater == 1.0);
  CHECK(compared->low > 0.99);
  const auto reversed = compare(column(high), column(low), {.draws = 999});
  CHECK(reversed->difference == -compared->difference);
  CHECK(reversed->greater == 0.0);
  CHECK(randomize(column(low), column(high), {.trials = 999})->p == 1.0 / 1000);
}

TEST_CASE("A constant difference is found, although no draw varies") {
  const auto compared = compare(column({0.1, 0.2, 0.3}), column({0.2, 0.3, 0.4}), {.draws = 99});
  CHECK(compared->p == 1.0 / 100);
  // Three rows cannot show more than 2 of 8 sign flips.
  const auto result = randomize(column({0.1, 0.2, 0.3}), column({0.2, 0.3, 0.4}), {});
  CHECK_THAT(result->p, WithinAbs(0.25, 0.02));
}

TEST_CASE("Pairing removes what both runs share") {
  std::mt19937 random(3);
  std::vector<double> baseline;
  std::vector<double> candidate;
  for (int i = 0; i < 100; ++i) {
    baseline.push_back(static_cast<double>(random() % 1000));
    candidate.push_back(baseline.back() + 1.0 + static_cast<double>(random() % 3));
  }
  const auto compared = compare(column(baseline), column(candidate), {});
  CHECK(compared->high - compared->low < 0.5);  // the two means alone: about 110
  CHECK(compared->p < 0.002);
}

TEST_CASE("The general path gives the same results as the additive one, for any number of jobs") {
  std::mt19937 random(4);
  std::vector<double> values[2];
  for (auto& side : values)
    for (int i = 0; i < 30; ++i) side.push_back(static_cast<double>(random() % 5));
  const StatisticTable a = column(values[0]);
  const StatisticTable b = column(values[1]);
  const Mean fast;
  const SlowMean slow;
  const std::vector<PairedRuns> runs = {{&fast, &a, &b}, {&slow, &a, &b}};
  for (const unsigned jobs : {1U, 3U}) {
    const auto compared = paired_bootstrap(runs, {.draws = 300, .jobs = jobs});
    CHECK(compared[0]->p == compared[1]->p);
    CHECK_THAT(compared[0]->low, WithinAbs(compared[1]->low, 1e-12));
    const auto randomized = approximate_randomization(runs, {.trials = 300, .jobs = jobs});
    CHECK(randomized[0]->p == randomized[1]->p);
    CHECK(compared[0]->p == paired_bootstrap(runs, {.draws = 300, .jobs = 2})[0]->p);
  }
}

TEST_CASE("Two runs that differ by chance are called different at about the nominal rate") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal(0.0, 1.0);
  constexpr int kExperiments = 500;
  int by_bootstrap = 0;
  int by_randomization = 0;
  for (int e = 0; e < kExperiments; ++e) {
    std::vector<double> values[2];
    for (int i = 0; i < 80; ++i) {
      const double shared = normal(random);
      for (auto& side : values) side.push_back(shared + normal(random));
    }
    const auto seed = static_cast<std::uint64_t>(e);
    const StatisticTable a = column(values[0]);
    const StatisticTable b = column(values[1]);
    by_bootstrap += compare(a, b, {.draws = 199, .seed = seed})->p <= 0.05;
    by_randomization += randomize(a, b, {.trials = 199, .seed = seed})->p <= 0.05;
  }
  const double slack = 3.3 * std::sqrt(0.05 * 0.95 * kExperiments);
  CHECK(std::abs(by_randomization - 0.05 * kExperiments) < slack);
  CHECK(std::abs(by_bootstrap - 0.055 * kExperiments) < slack);
}

TEST_CASE("A missing score is a reason that names the run") {
  const StatisticTable good = column({1.0, 2.0});
  const StatisticTable nothing(2, 2);
  CHECK(compare(nothing, good, {}).error() == "baseline: no example counts");
  CHECK(compare(good, nothing, {}).error() == "candidate: no example counts");
  CHECK(randomize(good, nothing, {}).error() == "candidate: no example counts");
  StatisticTable rare(40, 2);
  rare.row(0)[1] = 1.0;
  CHECK(compare(rare, column(std::vector<double>(40, 1.0)), {.draws = 50})
            .error()
            .ends_with(" of 50 resamples have no score"));
}

TEST_CASE("Trials without a score count as extreme") {
  StatisticTable baseline(2, 2);
  StatisticTable candidate(2, 2);
  baseline.row(0)[1] = 1.0;  // row 0 counts for the baseline only, row 1 for the candidate only
  candidate.row(1)[1] = 1.0;
  candidate.row(1)[0] = 1.0;
  const auto result = randomize(baseline, candidate, {.trials = 1000});
  REQUIRE(result.has_value());
  CHECK(result->missing > 400);  // swapping one of the two leaves a run without any
  CHECK(result->p == 1.0);
}

TEST_CASE("Runs over different rows are refused") {
  CHECK_THROWS_AS(compare(column({1.0}), column({1.0, 2.0}), {}), std::invalid_argument);
  CHECK_THROWS_AS(randomize(column({1.0}), column({1.0, 2.0}), {}), std::invalid_argument);
  CHECK_THROWS_AS(randomize(column({1.0}), column({1.0}), {.trials = 0}), std::invalid_argument);
  CHECK_THROWS_AS(compare(column({1.0}), column({1.0}), {.draws = 0}), std::invalid_argument);
  CHECK(paired_bootstrap({}, {}).empty());
  CHECK(approximate_randomization({}, {}).empty());
}
