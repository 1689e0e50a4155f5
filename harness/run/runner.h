/// Runs the cells of a plan: train, predict, store, score; and goes on where it was interrupted.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "harness/run/cell_models.h"
#include "harness/run/overlap.h"
#include "harness/run/plan_state.h"
#include "harness/run/run_watcher.h"
#include "harness/run/scoring.h"
#include "harness/run/stage_training.h"
#include "results/store.h"
#include "tasks/dataset.h"

namespace cupel {

struct RunResources {
  tasks::DataRoots data;
  ScoringFiles files;
  unsigned jobs = 0;  ///< threads; 0: all processors
  /// Folder of what stages of training end with; empty: default_artifacts() of the store.
  std::filesystem::path artifacts = {};
  bool overlaps = true;  ///< is it to be found out which examples occur in training data?
};

struct RunSummary {
  std::size_t done = 0;        ///< cells completed now
  std::vector<Code> failures;  ///< of each cell that failed now
  bool interrupted = false;    ///< the watcher cancelled
};

/// What the manifest's protocols have to say about its tasks, in terms of this store: see
/// plan_state. A protocol that has changed since is another one.
[[nodiscard]] std::vector<WantedScore> wanted_scores(results::Store& store, const Plan& plan);

/// One plan into one store. The store's plan is that of put_plan.
class Runner {
 public:
  /// Everything outlives this.
  Runner(results::StoreWriter& store, const Plan& plan, RunResources resources,
         RunWatcher& watcher);

  /// Cells by their places in the plan, those of one task together. A cell that fails is recorded
  /// and does not stop the others. Throws Error{kStore} when the store cannot be written.
  RunSummary run(std::span<const std::size_t> cells);

 private:
  using ScorerKey = std::pair<std::string, std::string>;  ///< protocol, section

  void run_cell(const PlanCell& cell);
  /// Returns the run with all its predictions.
  [[nodiscard]] results::Run predict(const PlanCell& cell, results::Run run);
  void store_examples(const results::Run& run);
  /// Which of the examples' molecules occur among those that the model is trained on.
  void store_overlaps(const PlanCell& cell, const results::Run& run);
  void store_overlaps(const tasks::DatasetDescriptor& set, const results::Run& run);
  void score(const PlanCell& cell, const results::Run& run);
  [[nodiscard]] ScoringOptions scoring_options() const;
  [[nodiscard]] Scorer& scorer(const PlanCell& cell, const metrics::Protocol& protocol);
  [[nodiscard]] models::Work work(const char* stage);

  results::StoreWriter& store_;
  const Plan& plan_;
  RunResources resources_;
  RunWatcher& watcher_;
  std::string plan_id_;

  // What consecutive cells share.
  CellModels models_;
  // By the digest of the data set whose training side it is, or that it is found with.
  std::map<Digest, TrainingKeys> keys_;
  std::map<Digest, Overlaps> overlaps_;
  std::map<ScorerKey, std::unique_ptr<Scorer>> scorers_;
  std::optional<StageTraining> stages_;  // of one call of run()
};

}  // namespace cupel
