#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/run/gate_evidence.h"
#include "metrics/significance/binomial.h"
#include "metrics/significance/resample.h"

namespace cupel {
namespace {

using metrics::Evidence;

constexpr double kIntervalOfRates = 0.95;

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return metrics::quantile(times, 0.5);
}

/// In nanoseconds; 0: not a unit of Google Benchmark's.
double length_of(const std::string& unit) {
  static const std::map<std::string, double> lengths = {
      {"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  const auto at = lengths.find(unit);
  return at == lengths.end() ? 0.0 : at->second;
}

metrics::Limits logarithmic(const metrics::Limits& limits) {
  return {.tolerance = std::log1p(limits.tolerance),
          .minimum_effect = std::log1p(limits.minimum_effect)};
}

GateTest begin(const std::string& name, const GateRules& rules) {
  GateTest test{.row = {.subject = {.metric = "real-time", .benchmark = name, .unit = {}},
                        .higher_is_better = false,
                        .reason = {},
                        .signature = {}},
                .limits = logarithmic(rules.throughput->limits)};
  test.row.tolerance = rules.throughput->limits.tolerance;
  test.row.minimum_effect = rules.throughput->limits.minimum_effect;
  const auto said = rules.throughput->expected.find(name);
  if (said != rules.throughput->expected.end()) test.expected = said->second;
  return test;
}

/// A name that nobody measured would excuse nothing, silently.
void check_expected(const GateTimes& times, const GateRules& rules) {
  std::vector<std::string> known;
  for (const BenchmarkFile* file : {&times.baseline, &times.candidate}) {
    for (const BenchmarkTimes& one : file->benchmarks) known.push_back(one.name);
  }
  for (const auto& [name, reason] : rules.throughput->expected) {
    if (std::ranges::contains(known, name)) continue;
    throw Error(
        Code::kUsage,
        fmt::format("{}: a change of '{}' is expected, which nobody measured", rules.origin, name),
        suggest(name, known));
  }
}

GateTest answered(GateTest test, GateAnswer answer, std::string reason) {
  test.row.answer = answer;
  test.row.reason = std::move(reason);
  return test;
}

/// Both were measured.
GateTest compare(GateTest test, const BenchmarkTimes& before, BenchmarkTimes after,
                 const GateRules& rules, bool interleaved) {
  const double scale = length_of(after.unit) / length_of(before.unit);
  if (!(scale > 0.0) || !std::isfinite(scale)) {
    return answered(
        std::move(test), GateAnswer::kIncomplete,
        fmt::format("the units '{}' and '{}' cannot be compared", before.unit, after.unit));
  }
  for (double& time : after.times) time *= scale;
  GateRow& row = test.row;
  row.subject.unit = before.unit;
  row.baseline_n = before.times.size();
  row.candidate_n = after.times.size();
  row.baseline = median(before.times);
  row.candidate = median(after.times);
  row.difference = *row.candidate / *row.baseline - 1.0;
  if (rules.throughput->interleaved && !interleaved) {
    return answered(std::move(test), GateAnswer::kInconclusive,
                    "not measured in turns, as the rules demand");
  }
  const Evidence evidence = metrics::cost_evidence(before.times, after.times, rules.alpha);
  row.p = evidence.p;
  test.evidence = evidence;
  if (too_few(evidence, rules.alpha)) return test;
  row.difference = std::expm1(-evidence.change);
  row.low = std::expm1(-evidence.high);
  row.high = std::expm1(-evidence.low);
  return test;
}

GateTest test_of(const BenchmarkTimes& before, const GateTimes& times, const GateRules& rules) {
  GateTest test = begin(before.name, rules);
  const BenchmarkTimes* after = times.candidate.find(before.name);
  if (after == nullptr)
    return answered(std::move(test), GateAnswer::kIncomplete, "the candidate has not measured it");
  if (!after->error.empty())
    return answered(std::move(test), GateAnswer::kIncomplete, "it failed: " + after->error);
  if (!before.error.empty())
    return answered(std::move(test), GateAnswer::kNew,
                    "it failed in the baseline: " + before.error);
  return compare(std::move(test), before, *after, rules, times.interleaved());
}

/// Two halves of the repetitions, as even as can be.
std::pair<std::vector<double>, std::vector<double>> halves(const std::vector<double>& times,
                                                           bool in_turns) {
  std::pair<std::vector<double>, std::vector<double>> parts;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const bool first = in_turns ? i % 2 == 0 : i < times.size() / 2;
    (first ? parts.first : parts.second).push_back(times[i]);
  }
  return parts;
}

}  // namespace

std::vector<GateTest> test_times(const GateTimes& times, const GateRules& rules) {
  check_expected(times, rules);
  std::vector<GateTest> tests;
  for (const BenchmarkTimes& before : times.baseline.benchmarks)
    tests.push_back(test_of(before, times, rules));
  for (const BenchmarkTimes& after : times.candidate.benchmarks) {
    if (times.baseline.find(after.name) != nullptr) continue;
    tests.push_back(after.error.empty()
                        ? answered(begin(after.name, rules), GateAnswer::kNew,
                                   "the baseline has not measured it")
                        : answered(begin(after.name, rules), GateAnswer::kIncomplete,
                                   "it failed: " + after.error));
  }
  return tests;
}

std::vector<std::string> notes_of(const GateTimes& times) {
  std::vector<std::string> notes;
  notes.push_back(
      times.interleaved()
          ? fmt::format("Times were measured in turns, {} and {} files.",
                        times.baseline.dates.size(), times.candidate.dates.size())
          : "Times were measured one side after the other: what the machine did meanwhile counts "
            "as change.");
  for (const auto& [key, before] : times.baseline.machine) {
    const auto after = times.candidate.machine.find(key);
    if (after == times.candidate.machine.end() || after->second == before) continue;
    notes.push_back(
        fmt::format("Not the same machine or build: {} is {} and {}.", key, before, after->second));
  }
  return notes;
}

GateCalibration calibrate_times(const GateTimes& times, const GateRules& rules) {
  GateCalibration found{.kind = "times", .nominal = rules.alpha, .how = {}};
  const metrics::Limits limits = logarithmic(rules.throughput->limits);
  for (const BenchmarkFile* file : {&times.baseline, &times.candidate}) {
    for (const BenchmarkTimes& one : file->benchmarks) {
      const auto [first, second] = halves(one.times, times.interleaved());
      for (const auto& [before, after] : {std::pair(&first, &second), std::pair(&second, &first)}) {
        const Evidence evidence = metrics::cost_evidence(*before, *after, rules.alpha);
        if (too_few(evidence, rules.alpha)) continue;
        ++found.pairs;
        if (decide(evidence, limits, rules.alpha, evidence.p) == metrics::Decision::kRegression)
          ++found.alarms;
      }
    }
  }
  const auto interval = metrics::binomial_interval(found.alarms, found.pairs, kIntervalOfRates);
  found.low = interval.low;
  found.high = interval.high;
  found.how =
      found.pairs == 0 ? "no benchmark has repetitions enough to be halved"
      : times.interleaved()
          ? "odd against even repetitions of one benchmark, each test alone"
          : "first against second half of the repetitions of one benchmark, each test alone";
  return found;
}

}  // namespace cupel
