#include "harness/run/gate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/run/gate_cells.h"
#include "harness/run/gate_evidence.h"
#include "metrics/significance/binomial.h"
#include "metrics/significance/holm.h"

namespace cupel {
namespace {

using metrics::Decision;
using metrics::Evidence;

constexpr double kIntervalOfRates = 0.95;

bool is_time(const GateRow& row) { return !row.subject.benchmark.empty(); }

/// Of all tests, in their order; a row that is not tested has none.
std::vector<double> p_of(const std::vector<GateTest>& tests) {
  std::vector<double> all;
  for (const GateTest& test : tests) {
    if (test.evidence) all.push_back(test.evidence->p);
  }
  return all;
}

std::string reason_of(const GateTest& test, Decision decision, double alpha) {
  const Evidence& evidence = *test.evidence;
  const GateRow& row = test.row;
  if (decision == Decision::kRegression)
    return fmt::format("worse, and by more than {:g}", row.minimum_effect);
  if (decision == Decision::kPass) {
    const bool clear = row.p_adjusted <= alpha && evidence.change < 0.0;
    return clear ? fmt::format("worse, surely by less than {:g}", row.tolerance) : "";
  }
  if (too_few(evidence, alpha) && !is_time(row))
    return fmt::format("{} examples are too few for a test", row.baseline_n);
  if (too_few(evidence, alpha))
    return fmt::format("{} and {} repetitions are too few for a test", row.baseline_n,
                       row.candidate_n);
  const double drop = is_time(row) ? std::expm1(-evidence.low) : -evidence.low;
  return evidence.change < -test.limits.minimum_effect
             ? fmt::format("worse, not clearly so; {:.2g} cannot be excluded", drop)
             : fmt::format("a change for the worse by {:.2g} cannot be excluded", drop);
}

void answer(GateTest& test, const GateRules& rules, std::size_t tests) {
  const Evidence& evidence = *test.evidence;
  const auto detectable = metrics::smallest_detectable(
      evidence, test.limits, rules.alpha / static_cast<double>(tests), rules.power);
  if (detectable) test.row.detectable = is_time(test.row) ? std::expm1(*detectable) : *detectable;
  const Decision decision = decide(evidence, test.limits, rules.alpha, *test.row.p_adjusted);
  std::string reason = reason_of(test, decision, rules.alpha);
  if (!test.row.reason.empty()) reason += (reason.empty() ? "" : "; ") + test.row.reason;
  test.row.reason = std::move(reason);
  test.row.answer = decision == Decision::kPass         ? GateAnswer::kPass
                    : decision == Decision::kRegression ? GateAnswer::kRegression
                                                        : GateAnswer::kInconclusive;
  if (test.expected.empty() || decision == Decision::kPass) return;
  test.row.answer = GateAnswer::kExpected;
  test.row.reason = test.expected;
}

/// Whether any row would have been called a regression in A/A pair number `pair`.
bool false_alarm(const std::vector<GateTest>& tests, std::size_t pair, double alpha) {
  std::vector<const GateTest*> tested;
  std::vector<double> p;
  for (const GateTest& test : tests) {
    if (!test.evidence) continue;
    tested.push_back(&test);
    p.push_back(test.alike.empty() ? 1.0 : test.alike[pair].p);
  }
  const auto adjusted = metrics::holm_adjusted(p);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    if (tested[i]->alike.empty()) continue;
    if (decide(tested[i]->alike[pair], tested[i]->limits, alpha, adjusted[i]) ==
        Decision::kRegression)
      return true;
  }
  return false;
}

GateCalibration calibrate_scores(const std::vector<GateTest>& tests, double alpha) {
  GateCalibration found{
      .kind = "scores",
      .nominal = alpha,
      .how = "every example changes sides with probability 1/2, all rows at once"};
  const bool any = std::ranges::any_of(tests, [](const auto& test) { return !test.alike.empty(); });
  if (!any) {
    found.how = "no score is tested";
    return found;
  }
  found.pairs = kAlike;
  for (std::size_t pair = 0; pair < kAlike; ++pair) {
    if (false_alarm(tests, pair, alpha)) ++found.alarms;
  }
  const auto interval = metrics::binomial_interval(found.alarms, found.pairs, kIntervalOfRates);
  found.low = interval.low;
  found.high = interval.high;
  return found;
}

/// Tests that err too often decide nothing.
void apply(const GateCalibration& calibration, std::vector<GateTest>& tests) {
  if (calibration.passes()) return;
  for (GateTest& test : tests) {
    const bool same_kind = is_time(test.row) == (calibration.kind == "times");
    if (!same_kind || !test.evidence || test.row.answer == GateAnswer::kExpected) continue;
    test.row.answer = GateAnswer::kInconclusive;
    test.row.reason =
        fmt::format("the same test finds a regression in {} of {} A/A pairs, more often than {:g}",
                    calibration.alarms, calibration.pairs, calibration.nominal);
  }
}

void add_required(const GateRules& rules, std::vector<GateRow>& rows) {
  const auto missing = [&](GateSubject subject) {
    rows.push_back({.subject = std::move(subject),
                    .answer = GateAnswer::kIncomplete,
                    .reason = "the rules require it",
                    .signature = {}});
  };
  const auto compared = [](const GateRow& row) {
    return row.answer != GateAnswer::kNew && row.answer != GateAnswer::kIncomplete;
  };
  for (const RequiredScore& one : rules.required) {
    const bool there = std::ranges::any_of(rows, [&](const GateRow& row) {
      return compared(row) && row.subject.task == one.task && row.subject.metric == one.metric &&
             (one.model.empty() || row.subject.model == one.model);
    });
    if (!there)
      missing({.model = one.model,
               .task = one.task,
               .dataset = {},
               .split = {},
               .seed = {},
               .protocol = {},
               .metric = one.metric,
               .benchmark = {},
               .unit = {}});
  }
  if (!rules.throughput) return;
  for (const std::string& name : rules.throughput->required) {
    const bool there = std::ranges::any_of(
        rows, [&](const GateRow& row) { return compared(row) && row.subject.benchmark == name; });
    if (!there) missing({.metric = "real-time", .benchmark = name, .unit = {}});
  }
}

void conclude(GateResult& result) {
  const auto rank = [](const GateRow& row) {
    return row.answer <= GateAnswer::kNew ? GateAnswer::kPass : row.answer;
  };
  for (const GateRow& row : result.rows) result.answer = std::max(result.answer, rank(row));
  const bool compared = std::ranges::any_of(
      result.rows, [](const GateRow& row) { return row.answer != GateAnswer::kNew; });
  if (!compared) {
    result.answer = GateAnswer::kIncomplete;
    result.notes.emplace_back(
        "Nothing was compared: the baseline has nothing that the rules cover.");
  }
  if (result.answer == GateAnswer::kRegression) result.status = 1;
  if (result.answer == GateAnswer::kIncomplete) result.status = 4;
  if (result.answer == GateAnswer::kInconclusive)
    result.status = result.inconclusive_passes ? 0 : 3;
}

/// All rows of scores and times that are not answered by their absence alone.
std::vector<GateTest> tests_of(const GateSides& sides, const GateRules& rules, GateResult& result) {
  std::vector<GateTest> tests;
  if (sides.baseline != nullptr) {
    GateMatch match = match_scores(*sides.baseline, *sides.candidate, rules);
    tests = test_scores(match.scores, rules);
    result.rows = std::move(match.rows);
    result.notes = std::move(match.notes);
  }
  if (sides.baseline_times != nullptr) {
    const GateTimes times{*sides.baseline_times, *sides.candidate_times};
    std::ranges::move(test_times(times, rules), std::back_inserter(tests));
    std::ranges::move(notes_of(times), std::back_inserter(result.notes));
  }
  return tests;
}

void decide_all(std::vector<GateTest>& tests, const GateRules& rules) {
  const auto adjusted = metrics::holm_adjusted(p_of(tests));
  auto next = adjusted.begin();
  for (GateTest& test : tests) {
    if (!test.evidence) continue;
    test.row.p_adjusted = *next++;
    answer(test, rules, adjusted.size());
  }
}

}  // namespace

GateResult run_gate(const GateSides& sides, const GateRules& rules, bool inconclusive_passes) {
  if (sides.baseline_times != nullptr && !rules.throughput)
    throw Error(Code::kUsage, rules.origin + ": benchmarks are given, and no rules for them",
                "add 'throughput': {\"tolerance\": 0.05, \"minimum-effect\": 0.03}");
  GateResult result{.rules = rules.origin,
                    .alpha = rules.alpha,
                    .power = rules.power,
                    .inconclusive_passes = inconclusive_passes};
  std::vector<GateTest> tests = tests_of(sides, rules, result);
  decide_all(tests, rules);
  if (rules.calibration) {
    if (sides.baseline != nullptr)
      result.calibrations.push_back(calibrate_scores(tests, rules.alpha));
    if (sides.baseline_times != nullptr)
      result.calibrations.push_back(
          calibrate_times({*sides.baseline_times, *sides.candidate_times}, rules));
    for (const GateCalibration& one : result.calibrations) apply(one, tests);
  }
  result.tests = p_of(tests).size();
  for (GateTest& test : tests) result.rows.push_back(std::move(test.row));
  add_required(rules, result.rows);
  conclude(result);
  return result;
}

}  // namespace cupel
