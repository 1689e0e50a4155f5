/// The JSON that a user writes: which models do which tasks, with which seeds, scored how.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/protocol.h"
#include "models/model.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/task.h"

namespace cupel {

/// One stage of a model's training, before that on a cell's own data set.
struct ManifestStage {
  Objective objective{};
  const tasks::DatasetDescriptor* dataset = nullptr;
};

struct ManifestModel {
  std::string name;  ///< in tables; unique
  std::shared_ptr<const models::ModelEntry> entry;
  models::Options options;  ///< all that the model has; files by their absolute paths
  /// SHA-256 of the files that options name, by path.
  std::map<std::string, std::string> files = {};
  // Of models that are trained in stages:
  std::vector<ManifestStage> stages = {};  ///< each starts from what the one before ended with
  /// By number: the objectives for which the training side of the cell's own data set is the last
  /// stage. What is asked of the others is answered by the stage before.
  std::bitset<kObjectiveNames.size()> finetune = std::bitset<kObjectiveNames.size()>().set();
};

struct ManifestTask {
  const tasks::Task* task = nullptr;
  const tasks::DatasetDescriptor* dataset = nullptr;
  std::vector<std::int64_t> seeds;  ///< for models that use one
};

struct Manifest {
  std::string name;
  std::string summary;
  std::vector<metrics::Protocol> protocols;  ///< every task is scored by one of them at least
  std::size_t resamples = 1000;              ///< bootstrap draws of an interval
  std::vector<ManifestModel> models;         ///< grids expanded
  std::vector<ManifestTask> tasks;
  std::string text;  ///< as it was read
};

/// Reads a preset or protocol file that a manifest names; the path is already resolved against the
/// manifest's folder.
using PresetReader = std::function<models::ModelEntry(const std::filesystem::path&)>;

/// Parses and resolves names, those of models among `known`. `origin` is the manifest's path: it
/// starts every message, and its folder is where *.json names are looked for. Throws Error{kUsage}
/// with line and column: bad JSON, unknown, duplicate or mistyped keys, unknown models, tasks, data
/// sets, protocols and options (with the nearest name), values out of bounds, a data set that does
/// not fit its task, two models of one name, a task that no protocol scores, stages of a model that
/// has none or on a data set that does not suit, a model that would never be trained.
[[nodiscard]] Manifest parse_manifest(
    std::string_view bytes, const std::string& origin, const PresetReader& read_preset,
    const Registry<models::ModelEntry>& known = models::model_registry());

/// parse_manifest of a file.
[[nodiscard]] Manifest read_manifest(
    const std::filesystem::path& path, const PresetReader& read_preset,
    const Registry<models::ModelEntry>& known = models::model_registry());

/// The JSON Schema (draft 2020-12) of manifests.
[[nodiscard]] std::string_view manifest_schema();

}  // namespace cupel
