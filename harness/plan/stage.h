/// The stages of a cell's training. A stage is known by everything that can change what it ends
/// with, so that cells whose models are trained alike share it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/capability.h"
#include "harness/core/digest.h"
#include "harness/core/json.h"
#include "harness/plan/manifest.h"
#include "tasks/dataset_descriptor.h"

namespace cupel {

struct PlannedStage {
  Objective objective{};
  const tasks::DatasetDescriptor* dataset = nullptr;  ///< whose training side it learns from
  std::optional<std::int64_t> seed;                   ///< absent when the model uses none
  std::optional<Digest> parent;                       ///< the stage before; absent: there is none
  /// JSON of all that can change the result, and of nothing else, with sorted keys.
  std::string config;
  Digest digest{};  ///< SHA-256 of the configuration
};

/// What decides a model's answers beside version and options, see ModelEntry::identity.
using ModelIdentity = std::map<std::string, std::string>;

/// The stages of `model` for a cell of this task and seed.
[[nodiscard]] std::vector<PlannedStage> chain_of(const ManifestModel& model,
                                                 const ModelIdentity& identity,
                                                 const ManifestTask& task,
                                                 std::optional<std::int64_t> seed);

/// The members "options" and "version" of a model, with those of its options that change one of
/// `effects`; and "identity", and "learns" if `learns`. Keys are sorted.
void write_model(JsonWriter& json, const ManifestModel& model, const ModelIdentity& identity,
                 const models::Effects& effects, bool learns);

}  // namespace cupel
