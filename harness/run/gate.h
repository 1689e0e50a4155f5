/// Is the candidate as good and as fast as the baseline? Yes, no, "cannot tell", or not all there.
#pragma once

#include "harness/core/gate.h"
#include "harness/run/benchmark_file.h"
#include "harness/run/gate_rules.h"
#include "results/store.h"

namespace cupel {

/// What a gate looks at: both stores or none, both files or none, and not nothing. Pointees outlive
/// the call.
struct GateSides {
  results::Store* baseline = nullptr;
  results::Store* candidate = nullptr;
  const BenchmarkFile* baseline_times = nullptr;
  const BenchmarkFile* candidate_times = nullptr;
};

/// Every score and benchmark of the baseline that the rules cover is one row, answered by
/// metrics::decide(), with p adjusted by Holm's method over all of them (metrics/significance/
/// decision.h says what follows from that). What the candidate lacks is incomplete; an expected
/// change (gate_cells.h) that does not pass is "expected".
///
/// Calibrates itself: of 1,000 A/A pairs (decision.h) it counts those in which any row would have
/// been called a regression; of times see calibrate_times. Where the 95 % binomial interval of the
/// rate lies above alpha, rows of that kind are inconclusive.
///
/// The answer is the worst of the rows: incomplete (status 4), regression (1), inconclusive (3; 0
/// if `inconclusive_passes`), pass (0). Nothing compared at all is incomplete.
/// Throws Error{kUsage} when times are given and the rules have no `throughput`; else like
/// statistics_for().
[[nodiscard]] GateResult run_gate(const GateSides& sides, const GateRules& rules,
                                  bool inconclusive_passes);

}  // namespace cupel
