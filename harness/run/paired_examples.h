/// Which examples of two runs are the same, and on which of them the runs differ most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/comparison.h"
#include "harness/core/statistics.h"
#include "metrics/metric.h"
#include "results/store.h"

namespace cupel {

/// Pair i is example baseline[i] of one run and example candidate[i] of the other.
struct ExamplePairs {
  bool same = true;                     ///< all of both runs in the same order; the lists are empty
  std::size_t size = 0;                 ///< pairs
  std::vector<std::uint32_t> baseline;  ///< positions, rising
  std::vector<std::uint32_t> candidate;  ///< positions
};

/// By position when both runs have the same examples, otherwise by the digests of input and
/// reference. Throws Error{kUsage} when fewer than two examples are shared, or when one that is
/// shared occurs twice in a run, so that nobody knows which answers belong together.
[[nodiscard]] ExamplePairs pair_examples(results::Store& store, const results::Run& baseline,
                                         const results::Run& candidate);

/// The positions of all examples of a run, by their digests: an order that does not depend on how
/// somebody stored them, so that resampling does not either.
[[nodiscard]] std::vector<std::uint32_t> digest_order(results::Store& store,
                                                      const results::Run& run);

/// The rows at `positions`, in that order.
[[nodiscard]] StatisticTable rows_at(const StatisticTable& table,
                                     const std::vector<std::uint32_t>& positions);

/// Two tables whose rows are paired, and the metric that they belong to.
struct PairedStatistics {
  const metrics::Metric& metric;
  const StatisticTable& baseline;
  const StatisticTable& candidate;
};

/// Fills `examples` (at most `top` each way) and `unranked` of the result. An example's own score
/// is the metric's of that row alone.
[[nodiscard]] MovedExamples most_moved(const PairedStatistics& statistics, bool higher_is_better,
                                       std::size_t top);

/// Turns pair numbers into positions and adds the texts.
void add_texts(results::Store& store, const results::Run& baseline, const results::Run& candidate,
               const ExamplePairs& pairs, MovedExamples& moved);

}  // namespace cupel
