/// The cells of a plan by what they are compared with. For harness/run/ablation.cc only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/comparable.h"
#include "harness/run/plan_state.h"
#include "harness/run/switch_effect.h"
#include "results/store.h"

namespace cupel {

using Protocols = std::map<std::int64_t, results::StoredProtocol>;  // by key

/// Protocol and metric.
using WantedMetric = std::pair<std::string, std::string>;

/// A complete run of the plan.
struct DoneCell {
  const PlannedState* cell = nullptr;
  results::Run run;
  std::vector<MetricScores> scores;

  /// Null: it is not scored by this metric.
  [[nodiscard]] const std::vector<results::Measurement>* measured(const WantedMetric& wanted) const;
};

/// The cells of one variant that do one task on one data set, by seed.
struct AblationSide {
  std::set<std::optional<std::int64_t>> planned;  ///< of applicable cells
  std::map<std::optional<std::int64_t>, DoneCell> done;

  /// Cells of both sides that are to be compared. A model without a seed answers alike with every
  /// one.
  [[nodiscard]] std::size_t pairs_planned(const AblationSide& other) const;
};

/// The cells of the plan that do one task on one data set.
struct AblationGroup {
  std::vector<const PlannedState*> cells;     ///< in the plan's order
  std::map<std::string, AblationSide> sides;  ///< by variant; only those that can do the task
};

/// In the plan's order; `task`, when not empty, narrows the choice. The groups point into `state`.
[[nodiscard]] std::vector<AblationGroup> ablation_groups(results::Store& store,
                                                         const PlanState& state,
                                                         const std::string& task,
                                                         const Protocols& protocols);

/// What any run of the group is scored by, in the order of the first one that has it; metrics of
/// one protocol are neighbours.
[[nodiscard]] std::vector<WantedMetric> metrics_in(const AblationGroup& group);

struct MeasuredPairs {
  /// Runs with the same seed that were scored under the same long signature: the one that the most
  /// of them have, of several the newest.
  std::vector<MeasuredPair> pairs;
  /// Those under another one, with a sentence that says what differs.
  std::vector<std::pair<const DoneCell*, std::string>> differing;
  std::string reason;  ///< why there are no pairs; empty when there are some
};

/// The result points into both sides.
[[nodiscard]] MeasuredPairs measured_pairs(const AblationSide& reference,
                                           const AblationSide& variant, const WantedMetric& wanted);

}  // namespace cupel
