/// A candidate run against a baseline, from what the store holds: nothing is measured anew.
#pragma once

#include "harness/core/comparison.h"
#include "harness/core/statistics.h"
#include "metrics/metric.h"
#include "results/store.h"

namespace cupel {

/// Compares every metric of every protocol under which both runs are scored with the same long
/// signature (where a run has several, the newest that both have); `options` narrows the choice.
/// Keeps the statistics of one protocol in memory, and no texts but those of the named examples.
/// Throws Error{kUsage}: runs of different tasks, examples that cannot be paired (see
/// pair_examples), an unknown protocol or metric; Error{kIncomplete}: a run lacks predictions, or
/// nothing comparable was scored yet; Error{kIntegrity} for statistics that the metric cannot have
/// made.
[[nodiscard]] RunComparison compare_runs(results::Store& store, const results::Run& baseline,
                                         const results::Run& candidate,
                                         const ComparisonOptions& options);

/// The statistics of a complete measurement, for its metric to finish. Throws Error{kIntegrity}
/// when they are not the metric's.
[[nodiscard]] StatisticTable statistics_for(results::Store& store, const results::Run& run,
                                            const results::Measurement& measurement,
                                            const metrics::Metric& metric);

}  // namespace cupel
