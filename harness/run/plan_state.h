/// What of a plan is done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "results/store.h"

namespace cupel {

enum class CellState : std::uint8_t {
  kComplete,
  kPartial,       ///< begun, and not all predictions are there
  kFailed,        ///< it failed, and was not completed since
  kMissing,       ///< never begun
  kNotApplicable  ///< nothing is to be done
};

/// "complete", "partial", "failed", "missing", "not applicable".
[[nodiscard]] std::string name_of(CellState state);

/// A score that each cell of this task is to have.
struct WantedScore {
  std::string task;
  std::string protocol;                     ///< its name
  std::vector<std::int64_t> protocol_keys;  ///< in the store, of those that say the same
  std::string metric;
  bool operator==(const WantedScore&) const = default;
};

struct PlannedState {
  results::PlannedCell planned;
  CellState state = CellState::kMissing;
  std::size_t stored = 0;  ///< predictions
  std::size_t size = 0;    ///< examples; 0 when no run was begun
  std::string failure;     ///< of a failed cell: what was last said
  std::size_t wanted = 0;  ///< scores
  std::size_t scored = 0;  ///< of these, how many are there

  [[nodiscard]] std::string id() const;  ///< of the cell's run, begun or not
  /// "complete", "30 of 50 predictions", "failed: out of memory", "not applicable: …", …
  [[nodiscard]] std::string describe() const;
};

struct PlanState {
  std::vector<PlannedState> cells;      ///< in the plan's order
  std::vector<results::Run> unplanned;  ///< runs of cells that the plan has not

  [[nodiscard]] std::size_t count(CellState state) const;
};

/// `wanted`: scores count once they are complete.
[[nodiscard]] PlanState plan_state(results::Store& store, const results::StoredPlan& plan,
                                   std::span<const WantedScore> wanted = {});

}  // namespace cupel
