/// One run of a shard, compared with and copied into another store. Only merge.cc includes this.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "results/store.h"

namespace cupel {

/// A run as one file has it.
struct HeldRun {
  results::Store* store = nullptr;
  results::Run run;

  [[nodiscard]] std::string file() const { return store->path().string(); }
};

/// "run 0123456789ab (molt5, generation)".
[[nodiscard]] std::string name_of(const results::Run& run);

/// The first position at which both have an example, or a prediction, and not the same one.
[[nodiscard]] std::optional<std::size_t> different_example(const HeldRun& one,
                                                           const HeldRun& other);
[[nodiscard]] std::optional<std::size_t> different_prediction(const HeldRun& one,
                                                              const HeldRun& other);

/// Adds what `out` lacks of a run that check_store has passed and that contradicts nothing in
/// `out`: examples, predictions, and the end if it has one. In transactions of some ten thousand
/// rows, after each of which `progress` is told how many predictions were added by it. Digests are
/// computed from what is copied. Throws Error{kIntegrity} when the shard changes meanwhile.
void copy_run(const HeldRun& from, results::StoreWriter& out,
              const std::function<void(std::size_t)>& progress);

struct CopiedScores {
  std::size_t added = 0;               ///< scores and intervals
  std::vector<std::string> conflicts;  ///< each names both files, the run and the signature
};

/// Adds the complete scores of a complete run with their statistics, and the intervals, that `out`
/// lacks. Statistics without a score have no digest that could prove them; scoring makes them
/// again. The statistics of one measurement are in memory at a time.
[[nodiscard]] CopiedScores copy_scores(const HeldRun& from, results::StoreWriter& out);

}  // namespace cupel
