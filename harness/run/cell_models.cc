#include "harness/run/cell_models.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel {
namespace {

/// Is the training side of the cell's own data set what its model learns from?
bool learns_from_own(const PlanCell& cell) {
  if (!cell.model->entry->learns) return false;
  return cell.chain.empty() ||
         std::ranges::contains(cell.chain, cell.task->dataset, &PlannedStage::dataset);
}

}  // namespace

CellModels::CellModels(const Plan& plan, tasks::DataRoots data)
    : plan_(plan), data_(std::move(data)) {}

bool CellModels::load(const PlanCell& cell) {
  const bool learns = learns_from_own(cell);
  const bool anew = loaded_ != cell.task->dataset || (learns && !to_learn_);
  if (anew) {
    asked_ = nullptr;
    examples_.reset();
    loaded_ = nullptr;
    dataset_ =
        tasks::load_dataset(*cell.task->dataset, data_, {.train = learns, .validation = learns});
    loaded_ = cell.task->dataset;
    to_learn_ = learns;
  }
  if (asked_ == cell.task) return anew;
  if (dataset_.test.empty()) {
    throw Error(Code::kUsage, fmt::format("data set '{}' has no test rows", cell.task->dataset->id),
                "see: cupel data stats " + cell.task->dataset->id);
  }
  examples_ = std::make_unique<CellExamples>(*cell.task->task, dataset_, plan_.limit());
  asked_ = cell.task;
  return anew;
}

const tasks::Dataset& CellModels::training_sides(const tasks::DatasetDescriptor& set) {
  if (loaded_ == &set && to_learn_) return dataset_;
  if (other_loaded_ != &set) {
    other_loaded_ = nullptr;
    other_ = {};  // before memory is taken for the next
    other_ = tasks::load_dataset(set, data_, {.test = false});
    other_loaded_ = &set;
  }
  return other_;
}

std::unique_ptr<models::Model> CellModels::make(const PlanCell& cell,
                                                const models::Options& options,
                                                StageTraining& stages, const WorkOf& work) {
  const models::ModelEntry& entry = *cell.model->entry;
  const Capability capability = cell.task->task->capability;
  if (!cell.chain.empty()) {
    const std::string folder = stages.ready(cell).string();
    auto model = entry.make(options);
    model->load({.folder = folder, .capability = capability, .labels = dataset_.labels},
                work("loading"));
    return model;
  }
  auto model = entry.make(options);
  models::TrainingData data{.capability = capability,
                            .train = {},
                            .validation = {},
                            .labels = dataset_.labels,
                            .seed = static_cast<std::uint64_t>(cell.seed.value_or(0))};
  // A model that does not learn is given nothing of what another cell had loaded.
  if (entry.learns) {
    data.train = dataset_.train;
    data.validation = dataset_.validation;
  }
  model->fit(data, work("training"));
  return model;
}

}  // namespace cupel
