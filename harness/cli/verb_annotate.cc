#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/run/environment.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct AnnotateFlags {
  std::string store;
  std::string task;
  std::string metric;
  std::string model;
  std::string reason;
  std::string reviewer;
};

/// The complete runs of the task, and of the model if one is named, that have a score of the
/// metric.
std::vector<results::Run> scored_runs(results::Store& store, const AnnotateFlags& flags) {
  std::vector<results::Run> found;
  std::vector<std::string> models, metrics;
  for (results::Run& run : store.runs()) {
    if (run.cell.task != flags.task || !run.complete()) continue;
    models.push_back(run.cell.model);
    if (!flags.model.empty() && run.cell.model != flags.model) continue;
    bool scored = false;
    for (const results::Measurement& one : store.measurements(run)) {
      metrics.push_back(one.metric);
      scored = scored || (one.score && one.metric == flags.metric);
    }
    if (scored) found.push_back(std::move(run));
  }
  if (!found.empty()) return found;
  if (models.empty())
    throw Error(Code::kUsage,
                fmt::format("{}: no complete run of task '{}'", flags.store, flags.task),
                "cupel list runs --store " + flags.store);
  if (!flags.model.empty() && !std::ranges::contains(models, flags.model))
    throw Error(Code::kUsage,
                fmt::format("{}: model '{}' has no complete run of {}", flags.store, flags.model,
                            flags.task),
                suggest(flags.model, models));
  throw Error(
      Code::kUsage,
      fmt::format("{}: no run of {} has a score of '{}'", flags.store, flags.task, flags.metric),
      suggest(flags.metric, metrics));
}

int annotate(const AnnotateFlags& flags) {
  if (flags.reason.find_first_not_of(" \t\n") == std::string::npos)
    throw Error(Code::kUsage, "--reason is empty", "say why the change is meant");
  results::StoreWriter store(flags.store, false, environment_facts());
  results::Transaction all(store.database());
  std::size_t added = 0;
  std::vector<std::string> names;
  for (const results::Run& run : scored_runs(store, flags)) {
    added += store.put_annotation({.cell = run.digest,
                                   .predictions = *run.predictions,
                                   .metric = flags.metric,
                                   .reason = flags.reason,
                                   .reviewer = flags.reviewer,
                                   .environment = {},
                                   .made_at = {}})
                 ? 1U
                 : 0U;
    names.push_back(fmt::format("{} ({})", run.id(), run.cell.model));
  }
  all.commit();
  print(fmt::format("{} of {}: {} annotations added, of {}\n", flags.metric, flags.task, added,
                    fmt::join(names, ", ")));
  return 0;
}

}  // namespace

void add_annotate(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<AnnotateFlags>();
  CLI::App* command = app.add_subcommand(
      "annotate", "say that a score of these runs is meant to be other than before, and why");
  add_store_flag(*command, flags->store)->required();
  add_run_task_flag(*command, flags->task)->required();
  with_variable(command->add_option("--metric", flags->metric, "whose change is meant")
                    ->required()
                    ->option_text("M"));
  with_variable(
      command->add_option("--model", flags->model, "of this model (default: of all of the task)")
          ->option_text("NAME"));
  with_variable(command->add_option("--reason", flags->reason, "why; shown by cupel gate")
                    ->required()
                    ->option_text("TEXT"));
  with_variable(
      command->add_option("--reviewer", flags->reviewer, "who agreed")->option_text("NAME"));
  command->footer(
      "Examples:\n"
      "  cupel annotate --store branch.db --task generation --metric morgan --model atomas \\\n"
      "    --reason 'other tokens, issue 12' --reviewer ada\n"
      "Speaks of the runs that are in the store now, all seeds and data sets, and of nothing that "
      "comes later:\n"
      "'cupel gate' passes their change, and compares later runs with them. Nothing is changed or "
      "taken back;\n"
      "no digest changes; 'cupel merge' takes annotations along.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return annotate(*flags); }; });
}

}  // namespace cupel::cli
