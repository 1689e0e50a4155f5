/// Trains the stages that cells need, each once, and keeps what they end with.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "harness/run/artifact.h"
#include "harness/run/run_watcher.h"
#include "results/store.h"
#include "tasks/dataset.h"

namespace cupel {

/// The training and validation sides of a data set, good until the next call.
using TrainingSides = std::function<const tasks::Dataset&(const tasks::DatasetDescriptor&)>;

class StageTraining {
 public:
  /// `artifacts`: their folder. `jobs`: threads; 0: all processors. References outlive this.
  StageTraining(results::StoreWriter& store, std::filesystem::path artifacts, unsigned jobs,
                RunWatcher& watcher, TrainingSides sides);

  /// The folder of the last stage of the cell's chain, which is trained first, with those before
  /// it, where its artefact is not there; one that is there is checked once. Stages, their ends and
  /// their curves go to the store. What an interrupted training left is resumed.
  /// Throws models::Cancelled; Error{kIntegrity} for an artefact that was changed; what
  /// load_dataset and the model throw. A stage that failed is not tried again by this object: the
  /// same error is thrown for each cell that needs it.
  [[nodiscard]] std::filesystem::path ready(const PlanCell& cell);

 private:
  using Chain = std::span<const PlannedStage>;

  std::filesystem::path ready(const PlanCell& cell, Chain chain);
  void make_ready(const PlanCell& cell, Chain chain, const Artifact& artifact);
  void train(const PlanCell& cell, const PlannedStage& stage, const std::string& parent,
             const Artifact& artifact);
  results::StoredStage put(const PlannedStage& stage);
  void end(const PlannedStage& stage, const results::StageEnd& end);

  results::StoreWriter& store_;
  std::filesystem::path artifacts_;
  unsigned jobs_;
  RunWatcher& watcher_;
  TrainingSides sides_;
  std::map<Digest, std::filesystem::path> ready_;
  std::map<Digest, Error> failed_;
};

}  // namespace cupel
