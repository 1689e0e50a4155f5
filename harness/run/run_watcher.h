/// Who is told what a run does, and may end it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/core/error.h"
#include "harness/plan/plan.h"

namespace cupel {

/// Is told what happens. From one thread, except stage(), fact() and cancelled(), which several
/// threads call at once. Does nothing unless overridden.
class RunWatcher {
 public:
  virtual ~RunWatcher() = default;
  /// `number` of `count` cells that this call is to do.
  virtual void begin(const PlanCell& cell, std::size_t number, std::size_t count);
  /// "training", "pre-training", "predicting", "scoring"; `share` of it is done, in [0, 1].
  virtual void stage(const char* what, double share);
  /// What the training tells of itself.
  virtual void fact(std::string_view name, std::uint64_t step, double value);
  /// Another process trains this stage, which the cell waits for.
  virtual void waiting(const PlannedStage& stage);
  /// A stage was trained for the cell. `seconds`: how long it took now.
  virtual void trained(const PlannedStage& stage, double seconds);
  /// `failure`: why it failed, or null. `seconds`: how long it took now.
  virtual void end(const PlanCell& cell, const Error* failure, double seconds);
  /// True: save the state and stop.
  [[nodiscard]] virtual bool cancelled() { return false; }
};

}  // namespace cupel
