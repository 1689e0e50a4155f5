/// The ablation of a plan: every variant against one of them, on the same examples and seeds, from
/// what the store holds.
#pragma once

#include "harness/core/ablation.h"
#include "results/store.h"

namespace cupel {

/// Every metric of every protocol under which cells of the plan are scored; the options narrow the
/// choice. p is adjusted by Holm's method over the variants under one task, data set, protocol and
/// metric; an effect is clear when the adjusted p is at most 1 − confidence. The result depends
/// neither on threads nor on the order in which runs and examples were stored. Keeps the statistics
/// of one variant under one protocol in memory.
/// Throws Error{kUsage}: no such plan, reference, task, protocol or metric, or a plan with fewer
/// than two variants; Error{kIntegrity} for statistics that the metric cannot have made. What is
/// missing is no error: it stands in Ablation::gaps.
[[nodiscard]] Ablation ablate(results::Store& store, const AblationOptions& options);

}  // namespace cupel
