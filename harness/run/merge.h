/// Stores of parts of a plan become one, with proof that nothing is missing.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/digest.h"
#include "harness/run/plan_state.h"

namespace cupel {

struct Merged {
  std::size_t runs = 0;         ///< cells of which predictions or the end were added
  std::size_t predictions = 0;  ///< added
  std::size_t scores = 0;       ///< added, with intervals
  std::size_t repeated = 0;     ///< cells that several shards have, all alike
  /// Each names two files, the cell, and the first row or the score that differs. Nothing of a cell
  /// with different predictions was added, and nothing of a score that differs.
  std::vector<std::string> conflicts;
  std::optional<results::StoredPlan> plan;
  PlanState state;   ///< of the plan; empty when there is none
  Digest content{};  ///< of the merged store
};

/// Told how many predictions were added, of how many that are lacking.
using MergeProgress = std::function<void(std::size_t done, std::size_t total)>;

/// Copies what the store `out` (made if needed) lacks of the shards: plans, runs with their
/// predictions, scores, failures, overlaps, annotations, stages of training with their curves (of a
/// step that two shards tell, the first value stays), each as of its environment and time. Of a run
/// that was interrupted it takes the longest part. The content that results does not depend on the
/// order of the shards, nor on how cells are spread over them, nor on how often this was
/// interrupted and started again. Shards are only read. Memory: a batch of rows, or the statistics
/// of one score; and the plans.
///
/// check_store reads every shard, and `out`, before anything is written; roots and digests are
/// computed again from what is copied. `plan` is the selector of the plan whose coverage
/// is told (see Store::find_plan); empty: the one made last, if there is any.
///
/// Throws Error{kIntegrity} naming file, run and row for what is not as it was written, {kStore}
/// for a file that cannot be read, {kUsage} for a plan that is not there and a shard that is `out`.
[[nodiscard]] Merged merge_stores(std::span<const std::filesystem::path> shards,
                                  const std::filesystem::path& out, const std::string& plan,
                                  const MergeProgress& progress = {});

}  // namespace cupel
