#include "tasks/task.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/definitions/embedded.h"

namespace cupel::tasks {
namespace {

Capability read_capability(JsonObject& object) {
  const std::string& name = object.text("capability");
  std::vector<std::string> known;
  for (const auto& [capability, word] : kCapabilityNames) {
    if (word == name) return capability;
    known.emplace_back(word);
  }
  object.fail(object.member("capability"), fmt::format("unknown capability '{}'", name),
              suggest(name, known));
}

std::string read_scoring(JsonObject& object) {
  static const std::vector<std::string> kSections = {"captioning", "generation", "retrieval",
                                                     "choice",     "property",   "alignment"};
  std::string section = object.text("scoring");
  if (!std::ranges::contains(kSections, section))
    object.fail(object.member("scoring"), fmt::format("unknown section '{}'", section),
                suggest(section, kSections));
  return section;
}

std::vector<std::size_t> read_choices(JsonObject& object, const std::string& scoring) {
  std::vector<std::size_t> choices;
  if (scoring != "choice") return choices;
  const JsonValue& value = object.member("choices");
  for (const JsonValue& item : value.items) {
    if (item.kind != JsonValue::Kind::kInteger || item.integer < 2)
      object.fail(item, "a choice is among 2 candidates or more");
    choices.push_back(static_cast<std::size_t>(item.integer));
  }
  if (choices.empty() || !std::ranges::is_sorted(choices, std::ranges::less_equal{}))
    object.fail(value, "'choices' must be rising whole numbers");
  return choices;
}

bool has_texts(const DatasetDescriptor& set) {
  return std::ranges::any_of(set.parts, [](const Part& part) {
    return !part.columns.text.empty() || part.format == Format::kLines ||
           part.format == Format::kPubChemStm;
  });
}

Task parse_task(std::string_view bytes, const std::string& origin) {
  const JsonValue root = parse_json(bytes, origin);
  JsonObject object(root, origin);
  Task task{.id = object.text("id"),
            .summary = object.text("summary"),
            .version = object.integer("version"),
            .capability = read_capability(object),
            .dataset = object.text("dataset"),
            .scoring = read_scoring(object)};
  task.choices = read_choices(object, task.scoring);
  if (dataset_registry().find(task.dataset) == nullptr)
    object.fail(object.member("dataset"), fmt::format("unknown data set '{}'", task.dataset),
                suggest(task.dataset, dataset_registry().ids()));
  object.finish();
  return task;
}

}  // namespace

std::string Task::input(const Sample& sample) const {
  if (capability == Capability::kAlignment) return sample.smiles + '\t' + sample.text;
  const bool from_text =
      capability == Capability::kGeneration || capability == Capability::kMoleculeRetrieval;
  return from_text ? sample.text : sample.smiles;
}

std::string_view Task::target(const Sample& sample) const {
  switch (capability) {
    case Capability::kCaptioning:
    case Capability::kTextRetrieval:
      return sample.text;
    case Capability::kGeneration:
    case Capability::kMoleculeRetrieval:
      return sample.smiles;
    case Capability::kProperty:
    case Capability::kAlignment:
      break;
  }
  return {};
}

const Registry<Task>& task_registry() {
  static const Registry<Task> tasks = [] {
    Registry<Task> all("task");
    for (const auto& [file, bytes] : embedded_definitions())
      all.add(parse_task(bytes, std::string(file)));
    return all;
  }();
  return tasks;
}

std::string misfit(const Task& task, const DatasetDescriptor& set) {
  const bool property = task.capability == Capability::kProperty;
  if (property && !set.has_labels())
    return fmt::format("data set '{}' has no labels, which '{}' needs", set.id, task.id);
  const DatasetDescriptor& own = dataset_registry().get(task.dataset);
  if (property && (set.labels != own.labels || set.other_labels != own.other_labels))
    return fmt::format("data set '{}' has other labels than '{}'", set.id, own.id);
  if (!property && !has_texts(set) && !set.parts.empty())
    return fmt::format("data set '{}' has no texts, which '{}' needs", set.id, task.id);
  if (task.capability == Capability::kAlignment && !set.alignment)
    return fmt::format(
        "data set '{}' does not say which atoms a phrase stands for, which '{}' needs", set.id,
        task.id);
  return {};
}

std::string misfit(Objective objective, const DatasetDescriptor& set) {
  const auto lacks = [&](const char* what) {
    return fmt::format("data set '{}' has no {}, which '{}' needs", set.id, what,
                       objective_name(objective));
  };
  if (objective == Objective::kProperty && !set.has_labels()) return lacks("labels");
  if (set.parts.empty()) return {};  // it was never released: whoever loads it says so
  if (objective != Objective::kProperty && !has_texts(set)) return lacks("texts");
  if (set.sizes.front() == 0) return lacks("training side");
  return {};
}

}  // namespace cupel::tasks
