/// What cells need before they are answered: their data, their examples, and models that have
/// learnt. Consecutive cells share what they can.
#pragma once

#include <functional>
#include <memory>

#include "harness/plan/plan.h"
#include "harness/run/cell_examples.h"
#include "harness/run/stage_training.h"
#include "models/model.h"
#include "tasks/dataset.h"

namespace cupel {

class CellModels {
 public:
  /// `plan` outlives this.
  CellModels(const Plan& plan, tasks::DataRoots data);

  /// Reads what the cell asks and learns from, if the cell before had not. True: dataset() is
  /// another one now. Throws as load_dataset does, and Error{kUsage} for a set without a test side.
  bool load(const PlanCell& cell);
  /// Of the cell that was loaded last.
  [[nodiscard]] const tasks::Dataset& dataset() const { return dataset_; }
  [[nodiscard]] const CellExamples& examples() const { return *examples_; }

  /// For StageTraining.
  [[nodiscard]] const tasks::Dataset& training_sides(const tasks::DatasetDescriptor& set);

  /// "training" or "loading" -> the work that is told of it.
  using WorkOf = std::function<models::Work(const char* what)>;
  /// A fresh model for the cell that was loaded last: fitted, or what its stages, which are trained
  /// where they are not there, end with. Throws what the model and `stages` throw.
  [[nodiscard]] std::unique_ptr<models::Model> make(const PlanCell& cell,
                                                    const models::Options& options,
                                                    StageTraining& stages, const WorkOf& work);

 private:
  const Plan& plan_;
  tasks::DataRoots data_;
  const tasks::DatasetDescriptor* loaded_ = nullptr;
  bool to_learn_ = false;  // with its training and validation sides
  tasks::Dataset dataset_;
  const tasks::DatasetDescriptor* other_loaded_ = nullptr;
  tasks::Dataset other_;  // the training sides of a stage that was not on the cell's own set
  const ManifestTask* asked_ = nullptr;
  std::unique_ptr<CellExamples> examples_;
};

}  // namespace cupel
