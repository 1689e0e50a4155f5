/// Runs a stored run again, somewhere else, and says where the two first differ.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "harness/run/replay_check.h"
#include "harness/run/run_watcher.h"
#include "harness/run/runner.h"
#include "results/store.h"

namespace cupel {

struct ReplayRequest {
  const Plan& plan;              ///< its protocols do not count: the recorded scores are made again
  std::size_t place = 0;         ///< of the cell in it
  std::filesystem::path folder;  ///< an empty one, for the replay's store and artefacts
  std::filesystem::path artifacts;  ///< the recorded run's
  std::string environment;          ///< JSON of the replay's, see environment_facts
};

struct Replayed {
  ReplayCounts same;  ///< before the difference
  std::optional<ReplayDifference> difference;
  std::vector<std::string> left_out;  ///< what could not be compared, one sentence each
  std::optional<Code> failure;        ///< of the replayed cell; the watcher was told the rest
  bool interrupted = false;           ///< the watcher cancelled; then nothing else is set
};

/// Trains every stage, answers and scores again, and compares each with `run` once it is there;
/// ends at the stage that differs. `recorded` is only read. `resources.artifacts` does not count.
/// Throws as Runner::run and ReplayCheck do, and what Scorer throws when it cannot score here.
[[nodiscard]] Replayed replay(results::Store& recorded, const results::Run& run,
                              const ReplayRequest& request, const RunResources& resources,
                              RunWatcher& watcher);

}  // namespace cupel
