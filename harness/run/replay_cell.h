/// Which cell of a manifest a stored run was, so that it can be run again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/comparison.h"
#include "harness/plan/plan.h"
#include "results/store.h"

namespace cupel {

/// Throws Error{kUsage} for a run that was imported, Error{kIncomplete} for one whose predictions
/// are not all there.
void check_can_be_replayed(const results::Store& store, const results::Run& run);

/// The manifest of the newest plan that has the run's cell, as its user wrote it. Throws
/// Error{kUsage} when there is none.
[[nodiscard]] std::string manifest_of(results::Store& store, const results::Run& run);

/// How many examples the run was limited to; 0: it was not.
[[nodiscard]] std::size_t limit_of(const results::Run& run);

struct ReplayCell {
  std::size_t place = 0;  ///< in Plan::cells()
  /// Not empty: the cell is another one, of the same name, task, data set and seed. The parts are
  /// "config" and "stage 1 (pretraining)"; a candidate's digest of a file is followed by its path.
  std::vector<SettingDifference> settings = {};
};

/// The plan was made with limit_of(run). Throws Error{kUsage} when it has nothing of that name,
/// task, data set and seed.
[[nodiscard]] ReplayCell find_replay_cell(results::Store& store, const results::Run& run,
                                          const Plan& plan);

/// Why a cell with other settings is no replay: Error{kIntegrity} when data or a file of the model
/// are others, Error{kCapability} when this is another version of the model or of RDKit, else
/// Error{kUsage}.
[[nodiscard]] Error other_settings(const results::Run& run,
                                   const std::vector<SettingDifference>& settings);

}  // namespace cupel
