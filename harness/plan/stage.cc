#include "harness/plan/stage.h"

#include <algorithm>
#include <variant>

#include "harness/chem/molecule.h"
#include "tasks/dataset.h"

namespace cupel {
namespace {

models::Effects effect_on(Objective objective) {
  return models::Effects().set(static_cast<std::size_t>(objective));
}

/// Keys in alphabetical order.
std::string config_of(const PlannedStage& stage, const ManifestModel& model,
                      const ModelIdentity& identity) {
  JsonWriter json;
  json.begin_object();
  json.key("dataset").begin_object();
  json.key("digest").value(to_hex(tasks::dataset_digest(*stage.dataset)));
  json.key("id").value(stage.dataset->id).end_object();
  json.key("kind").value("stage");
  json.key("model");
  write_model(json, model, identity, effect_on(stage.objective), false);
  json.key("objective").value(objective_name(stage.objective));
  if (stage.parent) json.key("parent").value(to_hex(*stage.parent));
  json.key("rdkit").value(chem::rdkit_version());  // what parses and scaffolds, and so the sides
  if (stage.seed) json.key("seed").value(*stage.seed);
  return json.end_object().str();
}

}  // namespace

void write_model(JsonWriter& json, const ManifestModel& model, const ModelIdentity& identity,
                 const models::Effects& effects, bool learns) {
  json.begin_object();
  json.key("identity").begin_object();
  for (const auto& [name, value] : identity) json.key(name).value(value);
  json.end_object();
  if (learns) json.key("learns").value(model.entry->learns);
  json.key("options").begin_object();
  for (const auto& [name, value] : model.options) {
    const auto option = std::ranges::find(model.entry->options, name, &models::ModelOption::name);
    if (option != model.entry->options.end() && (option->effects & effects).none()) continue;
    json.key(name);
    const auto* path = std::get_if<std::string>(&value);
    if (const auto file = path ? model.files.find(*path) : model.files.end();
        option != model.entry->options.end() && option->file && file != model.files.end())
      json.value("sha256:" + file->second);
    else
      std::visit([&](const auto& plain) { json.value(plain); }, value);
  }
  json.end_object();
  json.key("version").value(model.entry->version).end_object();
}

std::vector<PlannedStage> chain_of(const ManifestModel& model, const ModelIdentity& identity,
                                   const ManifestTask& task, std::optional<std::int64_t> seed) {
  std::vector<PlannedStage> chain;
  if (!model.entry->stages) return chain;
  const auto add = [&](Objective objective, const tasks::DatasetDescriptor* dataset) {
    PlannedStage stage{.objective = objective, .dataset = dataset, .seed = seed};
    if (!chain.empty()) stage.parent = chain.back().digest;
    stage.config = config_of(stage, model, identity);
    stage.digest = sha256(stage.config);
    chain.push_back(std::move(stage));
  };
  for (const ManifestStage& stage : model.stages) add(stage.objective, stage.dataset);
  const Objective own = objective_of(task.task->capability);
  if (model.finetune.test(static_cast<std::size_t>(own))) add(own, task.dataset);
  return chain;
}

}  // namespace cupel
