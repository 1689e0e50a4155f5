#include "metrics/significance/decision.h"

#include <cmath>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "metrics/significance/paired.h"
#include "tests/metrics/significance/paired_runs.h"

namespace {

using namespace cupel::metrics;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using cupel::StatisticTable;
using cupel::test::Ratio;
using cupel::test::Runs;

constexpr Limits kLimits{.tolerance = 0.01, .minimum_effect = 0.005};

/// `drop` is taken from every row of the candidate, beside noise of its own.
Runs runs(std::size_t rows, double drop, double noise, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0.0, 1.0);
  Runs made{StatisticTable(rows, 2), StatisticTable(rows, 2)};
  for (std::size_t i = 0; i < rows; ++i) {
    const double value = 0.5 + 0.1 * normal(random);
    made.baseline.row(i)[0] = value;
    made.candidate.row(i)[0] = value - drop + noise * normal(random);
    made.baseline.row(i)[1] = made.candidate.row(i)[1] = 1.0;
  }
  return made;
}

Evidence evidence_of(const Runs& made, bool higher_is_better = true, EvidenceOptions options = {}) {
  const Ratio ratio;
  const OrientedRuns one{{&ratio, &made.baseline, &made.candidate}, higher_is_better};
  const auto found = paired_evidence({&one, 1}, options);
  return found.at(0).value().evidence;
}

}  // namespace

TEST_CASE("a gate's decision has three answers") {
  const Evidence good{.change = 0.001, .low = -0.002, .p = 0.7};
  CHECK(decide(good, kLimits, 0.05, 1.0) == Decision::kPass);
  const Evidence bad{.change = -0.02, .low = -0.03, .p = 1e-4};
  CHECK(decide(bad, kLimits, 0.05, 1e-3) == Decision::kRegression);
  CHECK(decide(bad, kLimits, 0.05, 0.06) == Decision::kInconclusive);  // after adjustment
  const Evidence wide{.change = 0.0, .low = -0.03, .p = 0.5};
  CHECK(decide(wide, kLimits, 0.05, 1.0) == Decision::kInconclusive);
  const Evidence slight{.change = -0.004, .low = -0.011, .p = 0.01};  // below the minimum effect
  CHECK(decide(slight, kLimits, 0.05, 0.01) == Decision::kInconclusive);
  const Evidence tolerable{.change = -0.006, .low = -0.007, .p = 1e-4};
  CHECK(decide(tolerable, kLimits, 0.05, 1e-4) == Decision::kPass);
  const Evidence few{.change = 0.0, .low = 0.0, .p = 0.5, .smallest_p = 1.0 / 6.0};
  CHECK(decide(few, kLimits, 0.05, 1.0) == Decision::kInconclusive);
}

TEST_CASE("the smallest detectable drop meets all that a regression must meet") {
  // z of 0.95 is 1.6449, of 0.8 0.8416; the paired error of the two large MolT5 models is 0.0038.
  Evidence one{.change = 0.0, .low = -1.6449 * 0.0038, .standard_error = 0.0038, .p = 0.5};
  CHECK_THAT(*smallest_detectable(one, {.tolerance = 0.001}, 0.05, 0.8),
             WithinAbs(0.0038 * (1.6449 + 0.8416), 1e-6));
  CHECK_THAT(*smallest_detectable(one, {.tolerance = 0.02, .minimum_effect = 0.01}, 0.05, 0.8),
             WithinAbs(0.02 - 0.0038 * 1.6449 + 0.0038 * 0.8416, 1e-6));
  CHECK_THAT(*smallest_detectable(one, {.tolerance = 0.01, .minimum_effect = 0.01}, 0.05, 0.8),
             WithinAbs(0.01 + 0.0038 * 0.8416, 1e-6));
  CHECK(*smallest_detectable(one, kLimits, 0.005, 0.8) >
        *smallest_detectable(one, kLimits, 0.05, 0.8));
  one.smallest_p = 0.01;
  CHECK_FALSE(smallest_detectable(one, kLimits, 0.005, 0.8));
}

TEST_CASE("evidence of pairs has the known error, bounds and p of a mean") {
  const std::size_t rows = 400;
  const Evidence found = evidence_of(runs(rows, 0.02, 0.1, 4));
  CHECK_THAT(found.standard_error, WithinRel(0.1 / 20.0, 0.15));
  const double t = 1.64868;  // Student's with 399 degrees of freedom, 0.95
  CHECK_THAT(found.change - found.low, WithinRel(t * found.standard_error, 1e-4));
  CHECK_THAT(found.high - found.change, WithinRel(t * found.standard_error, 1e-4));
  const double z = found.change / found.standard_error;
  CHECK_THAT(found.p, WithinAbs(0.5 * std::erfc(-z / std::sqrt(2.0)), 0.01));
  CHECK(found.p < 0.01);
}

TEST_CASE("evidence turns with the direction of the metric and with the sides") {
  const Runs made = runs(60, 0.02, 0.1, 5);
  const Evidence up = evidence_of(made);
  const Evidence down = evidence_of(made, false);
  CHECK(down.change == -up.change);
  CHECK(down.low == -up.high);
  CHECK_THAT(up.p + down.p, WithinAbs(1.0, 1e-12));
  const Evidence swapped = evidence_of({made.candidate, made.baseline});
  CHECK_THAT(swapped.change, WithinAbs(down.change, 1e-15));
  CHECK_THAT(swapped.p, WithinAbs(down.p, 1e-12));
}

TEST_CASE("two examples decide nothing, and five can") {
  const Evidence two = evidence_of(runs(2, 0.0, 1e-9, 1));
  CHECK(two.smallest_p == 0.25);
  CHECK(decide(two, kLimits, 0.05, 1.0) == Decision::kInconclusive);
  const Evidence five = evidence_of(runs(5, 0.0, 1e-9, 1));
  CHECK(decide(five, kLimits, 0.05, 1.0) == Decision::kPass);
}

TEST_CASE("pairs that are alike have no drop on the average, and other ones for another seed") {
  const Runs made = runs(50, 0.2, 0.1, 6);
  const Ratio ratio;
  const OrientedRuns one{{&ratio, &made.baseline, &made.candidate}, true};
  const auto found = paired_evidence({&one, 1}, {.alike = 2000}).at(0).value();
  REQUIRE(found.alike.size() == 2000);
  double sum = 0.0;
  double below = 0.0;
  for (const Evidence& pair : found.alike) {
    sum += pair.change;
    below += pair.p <= 0.05 ? 1.0 : 0.0;
  }
  CHECK_THAT(sum / 2000.0, WithinAbs(0.0, 0.003));
  CHECK(found.evidence.p < 0.001);
  CHECK_THAT(below / 2000.0, WithinAbs(0.05, 0.02));
  const auto again = paired_evidence({&one, 1}, {.alike = 10}).at(0).value();
  CHECK(again.alike[3].change == found.alike[3].change);
  const auto other = paired_evidence({&one, 1}, {.alike = 10, .seed = 2}).at(0).value();
  CHECK(other.alike[3].change != found.alike[3].change);
}

TEST_CASE("a metric without a score gives a reason instead of evidence") {
  Runs made = runs(20, 0.0, 0.1, 7);
  for (std::size_t i = 0; i < 20; ++i) made.candidate.row(i)[1] = 0.0;
  const Ratio ratio;
  const OrientedRuns one{{&ratio, &made.baseline, &made.candidate}, true};
  const auto found = paired_evidence({&one, 1}, {});
  REQUIRE_FALSE(found.at(0));
  CHECK(found[0].error() == "candidate: no example counts");
}

TEST_CASE("times that grow are a change for the worse, and two repetitions decide nothing") {
  const std::vector<double> before = {1.00, 1.01, 0.99, 1.02, 0.98, 1.005};
  std::vector<double> after = before;
  for (double& time : after) time *= 1.2;
  const Evidence slower = cost_evidence(before, after, 0.05);
  CHECK_THAT(slower.change, WithinRel(-std::log(1.2), 1e-9));
  CHECK(decide(slower, {.tolerance = std::log(1.05), .minimum_effect = std::log(1.03)}, 0.05,
               slower.p) == Decision::kRegression);
  const Evidence faster = cost_evidence(after, before, 0.05);
  CHECK(decide(faster, {.tolerance = std::log(1.05)}, 0.05, faster.p) == Decision::kPass);
  const Evidence three =
      cost_evidence(std::vector{1.0, 1.1, 1.2}, std::vector{9.0, 9.1, 9.2}, 0.05);
  CHECK(decide(three, {.tolerance = 0.05}, 0.05, 0.05) == Decision::kRegression);
  const Evidence against_many = cost_evidence(before, std::vector{1.0, 1.001}, 0.05);
  CHECK(decide(against_many, {.tolerance = 0.05}, 0.05, 1.0) == Decision::kInconclusive);
  const Evidence two = cost_evidence(std::vector{1.0, 1.0}, std::vector{9.0, 9.0}, 0.05);
  CHECK(decide(two, {.tolerance = 0.05}, 0.05, two.p) == Decision::kInconclusive);
}
