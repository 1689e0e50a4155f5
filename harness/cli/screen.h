/// What people see while cells are run, and how they interrupt it.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "harness/cli/run_line.h"
#include "harness/plan/plan.h"
#include "harness/run/run_watcher.h"

namespace cupel::cli {

/// From now on, the first SIGTERM or SIGINT asks for an orderly end; the second one ends at once.
void await_signals();

/// After such a signal: 130 for SIGINT, else 75.
[[nodiscard]] int interrupted_status();

/// A line that is drawn over at a terminal, or is written once a minute to a log; and a line for
/// each finished stage of training and each finished cell everywhere. Cancels once a signal was
/// received.
class Screen final : public RunWatcher {
 public:
  Screen();

  void begin(const PlanCell& cell, std::size_t number, std::size_t count) override;
  void stage(const char* what, double share) override;
  void fact(std::string_view name, std::uint64_t step, double value) override;
  void waiting(const PlannedStage& stage) override;
  void trained(const PlannedStage& stage, double seconds) override;
  void end(const PlanCell& cell, const Error* failure, double seconds) override;
  [[nodiscard]] bool cancelled() override;

 private:
  using Clock = RunLine::Clock;

  void say(const std::string& what);
  /// From the mean of the cells that are done.
  [[nodiscard]] double left(Clock::time_point now) const;

  std::mutex mutex_;
  bool terminal_;
  RunLine line_;
  std::size_t number_ = 0;
  std::size_t count_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_;
};

}  // namespace cupel::cli
