// The stages in which a manifest's models are trained.
#include <algorithm>
#include <bitset>
#include <utility>

#include "harness/core/nearest.h"
#include "harness/plan/manifest_reader.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/task.h"

namespace cupel::parsing {
namespace {

using Kind = JsonValue::Kind;
using models::ModelEntry;
using Objectives = std::bitset<kObjectiveNames.size()>;

std::vector<std::string> objective_names() {
  std::vector<std::string> names;
  for (const auto& [ignored, name] : kObjectiveNames) names.emplace_back(name);
  return names;
}

/// What the model can be trained for.
Objective objective_named(const Reader& reader, const ModelEntry& entry, const JsonValue& at) {
  const std::string& name = text_of(reader, at, "an objective");
  const std::vector<std::string> known = objective_names();
  const auto place = std::ranges::find(known, name);
  if (place == known.end())
    reader.fail(at, fmt::format("unknown objective '{}'", name), suggest(name, known));
  const auto objective = static_cast<Objective>(place - known.begin());
  const auto serves = [&](Capability one) { return objective_of(one) == objective; };
  if (objective != Objective::kPretraining && std::ranges::none_of(entry.capabilities, serves)) {
    reader.fail(at, fmt::format("model '{}' cannot do what '{}' trains for", entry.id, name),
                "its preset says what it is capable of");
  }
  return objective;
}

ManifestStage read_stage(const Reader& reader, const ModelEntry& entry, const JsonValue& value) {
  JsonObject object(value, reader.origin);
  const JsonValue& objective = object.member("objective");
  const JsonValue& dataset = object.member("dataset");
  object.finish();
  const ManifestStage stage{
      .objective = objective_named(reader, entry, objective),
      .dataset = &look_up(reader, tasks::dataset_registry(), dataset, "'dataset'")};
  if (const auto misfit = tasks::misfit(stage.objective, *stage.dataset); !misfit.empty())
    reader.fail(dataset, misfit, "see: cupel list datasets");
  return stage;
}

/// For which objectives the cell's own data set trains.
Objectives read_finetune(const Reader& reader, const ModelEntry& entry, const JsonValue& value) {
  Objectives finetune;
  if (value.kind == Kind::kBool) return value.truth ? finetune.set() : finetune;
  if (value.kind != Kind::kArray)
    reader.fail(value, "'finetune' must be true, false or an array of objectives");
  for (const JsonValue& item : list_of(reader, value, "'finetune'")) {
    const Objective objective = objective_named(reader, entry, item);
    const auto place = static_cast<std::size_t>(objective);
    if (objective == Objective::kPretraining)
      reader.fail(item, "no task is done after pre-training on its own data set alone",
                  "write it as one of the 'stages'");
    if (finetune.test(place))
      reader.fail(item, fmt::format("'{}' stands twice", objective_name(objective)));
    finetune.set(place);
  }
  return finetune;
}

}  // namespace

void read_stages(const Reader& reader, const JsonValue* stages, const JsonValue* finetune,
                 ManifestModel& model) {
  const JsonValue* either = stages != nullptr ? stages : finetune;
  if (either == nullptr) return;
  if (!model.entry->stages) {
    reader.fail(*either, fmt::format("model '{}' is not trained in stages", model.entry->id),
                "its preset must say \"stages\": true");
  }
  if (stages != nullptr) {
    for (const JsonValue& item : list_of(reader, *stages, "'stages'"))
      model.stages.push_back(read_stage(reader, *model.entry, item));
  }
  if (finetune == nullptr) return;
  model.finetune = read_finetune(reader, *model.entry, *finetune);
  if (model.stages.empty() && !model.finetune.all())
    reader.fail(*finetune, "without 'stages' there is no other training: 'finetune' must be true",
                "leave it out, or name the stages before");
}

}  // namespace cupel::parsing
