#include "metrics/significance/over_seeds.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/parallel.h"
#include "metrics/classification/roc_auc.h"
#include "tests/metrics/significance/paired_runs.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using cupel::StatisticTable;
using cupel::metrics::BootstrapOptions;
using cupel::metrics::compare_over_seeds;
using cupel::metrics::SeededComparison;
using cupel::metrics::SeededRuns;
using cupel::test::Ratio;

/// One number an example, one list a seed.
using Numbers = std::vector<std::vector<double>>;

std::vector<StatisticTable> tables(const Numbers& numbers) {
  std::vector<StatisticTable> all;
  for (const auto& values : numbers) {
    StatisticTable& table = all.emplace_back(values.size(), 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
      table.row(i)[0] = values[i];
      table.row(i)[1] = 1.0;
    }
  }
  return all;
}

std::expected<SeededComparison, std::string> compared(const Numbers& baseline,
                                                      const Numbers& candidate,
                                                      const BootstrapOptions& options = {}) {
  const Ratio metric;
  const auto left = tables(baseline);
  const auto right = tables(candidate);
  SeededRuns runs{.metric = &metric};
  for (const StatisticTable& table : left) runs.baseline.push_back(&table);
  for (const StatisticTable& table : right) runs.candidate.push_back(&table);
  return compare_over_seeds({&runs, 1}, options).at(0);
}

Numbers numbers_of(const cupel::JsonValue& value) {
  Numbers all;
  for (const cupel::JsonValue& seed : value.items) {
    auto& row = all.emplace_back();
    for (const cupel::JsonValue& one : seed.items) row.push_back(one.real);
  }
  return all;
}

/// Components of a difference: what a seed does to all examples, what an example does with all
/// seeds, and noise; the standard deviation of each.
struct Spread {
  double seed = 0.0;
  double example = 0.0;
  double noise = 0.0;
};

std::pair<Numbers, Numbers> simulated(std::mt19937_64& random, std::size_t seeds, std::size_t rows,
                                      const Spread& spread) {
  std::normal_distribution<double> normal(0.0, 1.0);
  std::pair<Numbers, Numbers> sides{Numbers(seeds), Numbers(seeds)};
  std::vector<double> difficulty(rows), own(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    difficulty[i] = 3.0 * normal(random);
    own[i] = spread.example * normal(random);
  }
  for (std::size_t s = 0; s < seeds; ++s) {
    const double shift = spread.seed * normal(random);
    for (std::size_t i = 0; i < rows; ++i) {
      const double noise = spread.noise * normal(random);
      sides.first[s].push_back(difficulty[i]);
      sides.second[s].push_back(difficulty[i] + shift + own[i] + noise);
    }
  }
  return sides;
}

#ifdef __SANITIZE_ADDRESS__
constexpr int kExperiments = 200;  // some thirty times slower, and nothing new to be seen
#else
constexpr int kExperiments = 2000;
#endif

struct Rates {
  double alarms = 0.0;   // p ≤ 0.05 although nothing differs
  double covered = 0.0;  // intervals with the truth
};

Rates rates(std::size_t seeds, const Spread& spread) {
  std::atomic<int> alarms = 0;
  std::atomic<int> covered = 0;
  cupel::parallel_for(kExperiments, 0, [&](std::size_t e) {
    std::mt19937_64 random(1'000'003 * seeds + e);
    const auto [left, right] = simulated(random, seeds, 50, spread);
    const auto found = compared(left, right, {.draws = 300, .seed = e, .jobs = 1});
    if (found->p <= 0.05) ++alarms;
    if (found->low <= 0.0 && 0.0 <= found->high) ++covered;
  });
  return {double(alarms) / kExperiments, double(covered) / kExperiments};
}

/// Four standard errors of a share of the experiments.
double error_of(double share) { return 4.0 * std::sqrt(share * (1.0 - share) / kExperiments); }

}  // namespace

TEST_CASE("The comparison over seeds has the t tests of scipy and the covariances of numpy") {
  const std::string name = "over_seeds_golden.json";
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data(name)), name);
  cupel::JsonObject root(golden, name);
  for (const cupel::JsonValue& value : root.member("cases").items) {
    cupel::JsonObject one(value, name);
    CAPTURE(one.text("what"));
    // The expectation over all draws is known for a mean; that many draws come near it.
    const auto found = compared(numbers_of(one.member("baseline")),
                                numbers_of(one.member("candidate")), {.draws = 200'000});
    REQUIRE(found.has_value());
    const double tolerance = one.member("tolerance").real;
    const auto agrees = [&](const char* key, double number) {
      INFO(key);
      CHECK_THAT(number, WithinRel(one.member(key).real, tolerance) ||
                             WithinAbs(one.member(key).real, 1e-12));
    };
    CHECK_THAT(found->difference, WithinRel(one.member("difference").real, 1e-12));
    CHECK_THAT(found->of_seeds, WithinAbs(one.member("of_seeds").real, 1e-12));
    agrees("of_examples", found->of_examples);
    agrees("low", found->low);
    agrees("high", found->high);
    agrees("p", found->p);
  }
}

TEST_CASE("Runs of equal models are called different at the nominal rate, whatever varies") {
  // A seed's own level alone is an exact t test. Otherwise Cochran's value is at most a little
  // conservative, most of all when seeds are few and examples matter (over_seeds_rates.py).
  for (const std::size_t seeds : {2U, 3U, 5U}) {
    const Rates exact = rates(seeds, {1.0, 0.0, 0.0001});
    INFO(seeds << " seeds: " << exact.alarms << " " << exact.covered);
    CHECK_THAT(exact.alarms, WithinAbs(0.05, error_of(0.05)));
    CHECK_THAT(exact.covered, WithinAbs(0.95, error_of(0.05)));
    for (const Spread& spread : {Spread{0.0, 0.0, 3.0}, Spread{0.5, 0.0, 3.0},
                                 Spread{0.0, 3.0, 1.0}, Spread{1.0, 2.0, 1.0}}) {
      const Rates found = rates(seeds, spread);
      INFO(spread.seed << " " << spread.example << " " << spread.noise << ": " << found.alarms
                       << " " << found.covered);
      CHECK(found.alarms <= 0.05 + error_of(0.05));
      CHECK(found.alarms >= 0.02 - error_of(0.02));
      CHECK(found.covered >= 0.95 - error_of(0.05));
    }
  }
}

TEST_CASE("The comparison over seeds depends neither on threads nor on the order of the seeds") {
  std::mt19937_64 random(5);
  auto [left, right] = simulated(random, 4, 30, {0.5, 1.0, 1.0});
  const auto one = compared(left, right, {.draws = 400, .jobs = 1}).value();
  const auto many = compared(left, right, {.draws = 400, .jobs = 7}).value();
  CHECK(one.low == many.low);
  CHECK(one.p == many.p);
  std::ranges::reverse(left);
  std::ranges::reverse(right);
  const auto turned = compared(left, right, {.draws = 400}).value();
  CHECK_THAT(turned.low, WithinAbs(one.low, 1e-12));
  CHECK_THAT(turned.p, WithinAbs(one.p, 1e-12));
  const auto back = compared(right, left, {.draws = 400}).value();
  CHECK_THAT(back.difference, WithinAbs(-one.difference, 1e-12));
  CHECK_THAT(back.low, WithinAbs(-one.high, 1e-12));
  CHECK_THAT(back.p, WithinAbs(one.p, 1e-12));
}

TEST_CASE("A score that is no sum is compared over seeds like one") {
  const auto auc = std::make_unique<cupel::metrics::RocAuc>(std::vector<std::string>{""});
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal(0.0, 1.0);
  std::vector<StatisticTable> sides[2];
  for (int s = 0; s < 3; ++s) {
    for (auto& side : sides) {
      StatisticTable& table = side.emplace_back(80, 2);
      const double signal = &side == &sides[1] ? 1.5 : 0.0;
      for (std::size_t i = 0; i < 80; ++i) {
        const double labels[] = {i % 3 == 0 ? 1.0 : -1.0};
        const double answers[] = {signal * labels[0] + normal(random)};
        cupel::metrics::LabelMetric::measure(labels, answers, table.row(i));
      }
    }
  }
  SeededRuns runs{.metric = auc.get()};
  for (int s = 0; s < 3; ++s) {
    runs.baseline.push_back(&sides[0][std::size_t(s)]);
    runs.candidate.push_back(&sides[1][std::size_t(s)]);
  }
  const auto found = compare_over_seeds({&runs, 1}, {.draws = 500}).at(0).value();
  CHECK(found.difference > 0.3);
  CHECK(found.low > 0.0);
  CHECK(found.high < 1.0);
  CHECK(found.p < 0.05);
}

TEST_CASE("Equal runs do not differ, and a difference without any spread has no test") {
  const Numbers some = {{1.0, 2.0, 4.0}, {1.0, 3.0, 5.0}};
  const auto equal = compared(some, some);
  CHECK(equal->difference == 0.0);
  CHECK(equal->p == 1.0);
  CHECK(equal->low == 0.0);
  CHECK(equal->high == 0.0);
  const auto shifted = compared(some, {{2.0, 3.0, 5.0}, {2.0, 4.0, 6.0}});
  REQUIRE_FALSE(shifted.has_value());
  CHECK_THAT(shifted.error(), ContainsSubstring("nothing to test it against"));
  const auto alone = compared({{1.0}, {2.0}}, {{2.0}, {4.0}});
  CHECK(alone.error() == "one example has no spread");
}

TEST_CASE("A run without a score is named, and so are draws without one") {
  const Ratio metric;
  auto left = tables({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}});
  auto right = tables({{1.0, 2.0, 4.0}, {1.0, 2.0, 5.0}});
  const SeededRuns runs{
      .metric = &metric, .baseline = {&left[0], &left[1]}, .candidate = {&right[0], &right[1]}};
  for (const std::size_t row : {0U, 1U}) left[1].row(row)[1] = 0.0;  // one example counts
  const auto few = compare_over_seeds({&runs, 1}, {}).at(0);
  REQUIRE_FALSE(few.has_value());
  CHECK_THAT(few.error(), ContainsSubstring("of 1000 resamples have no score"));
  left[1].row(2)[1] = 0.0;
  CHECK(compare_over_seeds({&runs, 1}, {}).at(0).error() ==
        "baseline, pair 2 of 2: no example counts");
}

TEST_CASE("Seeds must be two or more, and pairs") {
  const Numbers one = {{1.0, 2.0}};
  const Numbers two = {{1.0, 2.0}, {3.0, 4.0}};
  CHECK_THROWS_AS(compared(one, one), std::invalid_argument);
  CHECK_THROWS_AS(compared(two, one), std::invalid_argument);
  CHECK_THROWS_AS(compared(two, two, {.draws = 0}), std::invalid_argument);
}
