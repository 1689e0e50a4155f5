/// Scores of runs in the store: statistics are added block by block, then scores, then intervals;
/// what is there is not computed again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/score.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"
#include "results/store.h"

namespace cupel {

struct StoredScores {
  std::vector<Score> scores;  ///< all metrics of the protocol's task
  std::size_t added = 0;      ///< scores and intervals that were not there before
};

/// The keys of those among `stored` that score this section as `protocol` does. Stores keep the
/// section alone, so that one that is added later, or changed, leaves the scores of the others what
/// they are; older ones hold whole protocols.
[[nodiscard]] std::vector<std::int64_t> protocols_like(
    const std::vector<results::StoredProtocol>& stored, const metrics::Protocol& protocol,
    const std::string& section);

/// `scorer` was made for the run's task with `options`. `progress` (may be empty) is told how many
/// examples are measured. Throws Error{kIncomplete} when the run's predictions are not all there.
[[nodiscard]] StoredScores score_run(results::StoreWriter& store, const results::Run& run,
                                     Scorer& scorer, const ScoringOptions& options,
                                     const std::function<void(std::size_t)>& progress = {});

}  // namespace cupel
