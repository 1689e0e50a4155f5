#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "harness/plugin/external_models.h"
#include "harness/run/plan_state.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "results/store.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/task.h"

namespace cupel::cli {
namespace {

struct Item {
  std::string id;
  std::string summary;
  std::vector<std::pair<std::string, std::string>> more;
};

std::vector<Item> protocols() {
  std::vector<Item> items;
  for (const metrics::Protocol& protocol : metrics::builtin_protocols().entries()) {
    std::vector<std::string> tasks;
    for (const auto& [task, ignored] : protocol.tasks) tasks.push_back(task);
    items.push_back(
        {protocol.id,
         protocol.summary,
         {{"tasks", fmt::format("{}", fmt::join(tasks, ","))}, {"origin", protocol.origin}}});
  }
  return items;
}

std::vector<Item> metric_items() {
  std::vector<Item> items;
  for (const metrics::MetricEntry& entry : metrics::metric_registry().entries()) {
    items.push_back(
        {entry.id,
         entry.summary,
         {{"equals", entry.reference}, {"better", entry.higher_is_better ? "higher" : "lower"}}});
  }
  return items;
}

std::vector<Item> choices() {
  std::vector<Item> items;
  for (const metrics::ChoiceSpec& spec : metrics::choice_specs()) {
    items.push_back({std::string(spec.key),
                     std::string(spec.meaning),
                     {{"values", fmt::format("{}", fmt::join(spec.allowed, ","))}}});
  }
  return items;
}

std::vector<Item> task_items() {
  std::vector<Item> items;
  for (const tasks::Task& task : tasks::task_registry().entries()) {
    items.push_back({task.id,
                     task.summary,
                     {{"dataset", task.dataset},
                      {"capability", std::string(capability_name(task.capability))},
                      {"scoring", task.scoring}}});
  }
  return items;
}

std::vector<Item> datasets() {
  std::vector<Item> items;
  for (const tasks::DatasetDescriptor& set : tasks::dataset_registry().entries())
    items.push_back({set.id, set.summary, {{"licence", set.licence}, {"origin", set.origin}}});
  return items;
}

const std::vector<std::pair<std::string, std::vector<Item> (*)()>>& kinds() {
  static const std::vector<std::pair<std::string, std::vector<Item> (*)()>> all = {
      {"protocols", protocols},
      {"metrics", metric_items},
      {"choices", choices},
      {"tasks", task_items},
      {"datasets", datasets}};
  return all;
}

/// Models are listed from their presets: no plug-in is opened.
std::vector<Item> model_items(const std::string& presets) {
  const std::filesystem::path modules = modules_folder();
  std::vector<std::filesystem::path> folders = {presets_folder()};
  if (!presets.empty()) {
    if (!std::filesystem::is_directory(presets))
      throw Error(Code::kUsage, "--presets: " + presets + ": no such folder",
                  "it is also read from CUPEL_PRESETS");
    folders.emplace_back(presets);
  }
  std::vector<Item> items;
  const Registry<models::ModelEntry> known = known_models(folders, modules);
  for (const models::ModelEntry& entry : known.entries()) {
    std::vector<std::string_view> capabilities;
    for (const Capability one : entry.capabilities) capabilities.push_back(capability_name(one));
    items.push_back({entry.id,
                     entry.summary,
                     {{"version", fmt::format("{}", entry.version)},
                      {"capabilities", fmt::format("{}", fmt::join(capabilities, ","))},
                      {"random", entry.random ? "yes" : "no"},
                      {"stages", entry.stages ? "yes" : "no"}}});
  }
  return items;
}

/// Runs are listed in the order in which they were begun.
std::vector<Item> runs(const std::string& store) {
  if (store.empty()) throw Error(Code::kUsage, "runs are listed from a store", "add --store FILE");
  results::Store opened(store);
  std::vector<Item> items;
  for (const results::Run& run : opened.runs()) {
    const results::Cell& cell = run.cell;
    std::string summary = fmt::format("{}, {} on {}{}{}", cell.model, cell.task, cell.dataset,
                                      cell.split.empty() ? "" : " ", cell.split);
    if (cell.seed) summary += fmt::format(", seed {}", *cell.seed);
    summary += run.complete() ? fmt::format(", {} predictions", run.size)
                              : fmt::format(", incomplete: {} of {}", run.stored, run.size);
    items.push_back({run.id(),
                     std::move(summary),
                     {{"model", cell.model},
                      {"task", cell.task},
                      {"dataset", cell.dataset},
                      {"split", cell.split},
                      {"state", run.complete() ? "complete" : "incomplete"}}});
  }
  return items;
}

/// Plans are listed in the order in which they were stored.
std::vector<Item> plans(const std::string& store) {
  if (store.empty()) throw Error(Code::kUsage, "plans are listed from a store", "add --store FILE");
  results::Store opened(store);
  std::vector<Item> items;
  for (const results::StoredPlan& plan : opened.plans()) {
    const PlanState state = plan_state(opened, plan);
    const std::size_t open = plan.cells.size() - state.count(CellState::kNotApplicable);
    const std::string done =
        fmt::format("{} of {} cells are complete", state.count(CellState::kComplete), open);
    items.push_back({plan.id(),
                     fmt::format("{}, {}, {}", plan.name, plan.made_at, done),
                     {{"name", plan.name}, {"made_at", plan.made_at}}});
  }
  return items;
}

std::string as_json(const std::vector<Item>& items) {
  JsonWriter json;
  json.begin_array();
  for (const Item& item : items) {
    json.begin_object().key("id").value(item.id).key("summary").value(item.summary);
    for (const auto& [key, value] : item.more) json.key(key).value(value);
    json.end_object();
  }
  return json.end_array().str();
}

std::string as_text(const std::vector<Item>& items) {
  std::size_t width = 0;
  for (const Item& item : items) width = std::max(width, item.id.size());
  std::string out;
  for (const Item& item : items) out += fmt::format("{:<{}}  {}\n", item.id, width, item.summary);
  return out;
}

struct Flags {
  std::string store;
  std::string presets;
  std::string kind;
  std::string format;
};

}  // namespace

void add_list(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "list", "list protocols, metrics, choices, models, tasks, datasets, runs or plans");
  command
      ->add_option("KIND", flags->kind,
                   "protocols, metrics, choices, models, tasks, datasets, runs or plans")
      ->required();
  add_store_flag(*command, flags->store);
  with_variable(command
                    ->add_option("--presets", flags->presets,
                                 "a folder of presets (*.json) of models of your own")
                    ->option_text("DIR"));
  add_format(*command, flags->format, {"text", "json"});
  command->callback([flags, &chosen] {
    chosen.action = [flags] {
      const auto listed = [&](const std::vector<Item>& items) {
        print(flags->format == "json" ? as_json(items) : as_text(items));
        return 0;
      };
      if (flags->kind == "runs") return listed(runs(flags->store));
      if (flags->kind == "plans") return listed(plans(flags->store));
      if (flags->kind == "models") return listed(model_items(flags->presets));
      std::vector<std::string> known = {"runs", "plans", "models"};
      for (const auto& [kind, items] : kinds()) {
        known.push_back(kind);
        if (kind == flags->kind) return listed(items());
      }
      throw Error(Code::kUsage, "unknown kind '" + flags->kind + "'", suggest(flags->kind, known));
    };
  });
}

}  // namespace cupel::cli
