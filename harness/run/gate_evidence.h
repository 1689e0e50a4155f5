/// What a gate knows before it decides. Only the files of the gate include this.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/run/benchmark_file.h"
#include "harness/run/gate_cells.h"
#include "harness/run/gate_rules.h"
#include "metrics/significance/decision.h"

namespace cupel {

/// A row, and what its answer follows from.
struct GateTest {
  GateRow row;
  metrics::Limits limits;                     ///< in the unit of the evidence
  std::optional<metrics::Evidence> evidence;  ///< nothing: the row is answered already
  std::vector<metrics::Evidence> alike;       ///< the same test of A/A pairs
  std::string expected;                       ///< why a change is meant; empty: nobody said so
};

/// How many A/A pairs of scores are made.
inline constexpr std::size_t kAlike = 1000;

/// Tests of all scores. Identical predictions with equal scores pass with a difference of exactly 0
/// and are not tested. Keeps the statistics of one cell in memory.
/// Throws Error{kIntegrity} for statistics that the metric cannot have made.
[[nodiscard]] std::vector<GateTest> test_scores(const std::vector<GatedScore>& scores,
                                                const GateRules& rules);

/// The benchmarks of both sides.
struct GateTimes {
  const BenchmarkFile& baseline;
  const BenchmarkFile& candidate;

  [[nodiscard]] bool interleaved() const { return measured_in_turns(baseline, candidate); }
};

/// Tests of all benchmarks; differences are shares of the baseline's time, evidence is of
/// logarithms. `throughput` of the rules is there. Throws Error{kUsage} when it expects a change of
/// a benchmark that neither side has.
[[nodiscard]] std::vector<GateTest> test_times(const GateTimes& times, const GateRules& rules);

/// How times were measured, and what differs between the machines: sentences.
[[nodiscard]] std::vector<std::string> notes_of(const GateTimes& times);

/// A/A pairs are halves of the repetitions of one benchmark of one file, in both orders: the first
/// half and the second one, between which the machine drifts as it did between the two sides; where
/// the files were measured in turns, odd and even repetitions. A pair is an alarm when its own
/// p ≤ alpha, unadjusted, and the other conditions make it a regression.
[[nodiscard]] GateCalibration calibrate_times(const GateTimes& times, const GateRules& rules);

}  // namespace cupel
