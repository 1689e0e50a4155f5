#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/plan_flags.h"
#include "harness/cli/verbs.h"
#include "harness/plan/manifest.h"
#include "harness/run/runner.h"
#include "harness/run/setting_difference.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct PlanVerbFlags {
  PlanFlags plan;
  bool why = false;
  std::string format;
};

/// What is known of a cell, and why it is so.
struct Standing {
  std::string state;
  std::string why;
};

/// The settings in which the nearest complete run of the same task and model differs.
std::string nearest_run(const PlanCell& cell, const std::vector<results::Run>& runs) {
  std::string best;
  std::size_t fewest = 0;
  for (const results::Run& run : runs) {
    if (!run.complete() || run.cell.model != cell.cell.model || run.cell.task != cell.cell.task)
      continue;
    const auto differing =
        differing_settings("cell", run.cell.config, cell.cell.config, "the store");
    if (!best.empty() && differing.size() >= fewest) continue;
    fewest = differing.size();
    best = fmt::format("run {} differs in", run.id());
    for (const SettingDifference& one : differing)
      best += fmt::format(" {}: {} -> {};", one.key, one.baseline, one.candidate);
    best.pop_back();
  }
  return best.empty() ? "no run of this model and task is in the store" : best;
}

Standing standing_of(results::Store& store, const Plan& plan, const PlanCell& cell,
                     const std::vector<results::Run>& runs) {
  if (!cell.applicable()) return {.state = "not applicable", .why = cell.reason};
  const auto run = std::ranges::find(runs, cell.cell.digest(), &results::Run::digest);
  const auto failures = store.failures();
  const auto failure = std::ranges::find(failures.rbegin(), failures.rend(), cell.cell.digest(),
                                         &results::StoredFailure::cell);
  switch (state_of(store, plan, cell, runs)) {
    case CellState::kDone: return {.state = "done", .why = "run and scored"};
    case CellState::kUnscored:
      return {.state = "unscored", .why = "a protocol, metric or interval is not there yet"};
    case CellState::kPartial:
    case CellState::kMissing: break;
  }
  if (failure != failures.rend()) return {.state = "failed", .why = failure->what};
  if (run != runs.end()) {
    return {.state = "partial",
            .why = fmt::format("interrupted at {} of {}", run->stored, run->size)};
  }
  return {.state = "missing", .why = nearest_run(cell, runs)};
}

int plan(const PlanVerbFlags& flags) {
  const auto made = make_plan(flags.plan);
  const std::string path = store_of(flags.plan, *made);
  std::optional<results::Store> store;
  if (std::filesystem::exists(path)) store.emplace(path);
  const auto runs = store ? store->runs() : std::vector<results::Run>();
  using For = reports::Column::For;
  const For why = flags.why ? For::kAll : For::kMachines;
  reports::Table table{.id = "cells",
                       .title = {},
                       .columns = {{"id", "cell"},
                                   {"task", "task"},
                                   {"dataset", "data set"},
                                   {"split", "split"},
                                   {"model", "model"},
                                   {"seed", "seed"},
                                   {"state", "state"},
                                   {"why", "why", why}},
                       .rows = {},
                       .notes = {}};
  std::map<std::string, std::size_t> counts;
  for (const PlanCell& cell : made->cells()) {
    Standing standing{.state = cell.applicable() ? "missing" : "not applicable",
                      .why = cell.applicable() ? "there is no store yet" : cell.reason};
    if (store) standing = standing_of(*store, *made, cell, runs);
    ++counts[standing.state];
    table.rows.push_back({to_hex(cell.cell.digest()).substr(0, results::kRunId), cell.cell.task,
                          cell.cell.dataset, cell.cell.split, cell.cell.model,
                          cell.seed ? reports::Cell(*cell.seed) : reports::Cell(), standing.state,
                          standing.why});
  }
  std::string note = fmt::format("plan {}, {} cells:", made->stored().id(), made->cells().size());
  for (const auto& [state, count] : counts) note += fmt::format(" {} {},", count, state);
  note.back() = '.';
  table.notes.push_back(note);
  print(reports::print_tables(std::vector{table}, flags.format));
  return 0;
}

}  // namespace

void add_plan(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<PlanVerbFlags>();
  CLI::App* command =
      app.add_subcommand("plan", "show the cells of a manifest, and what is left to do");
  add_plan_flags(*command, flags->plan);
  command->add_flag("--why", flags->why, "say of each cell why it stands as it does");
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Needs no data, no device and no plug-in. Examples:\n"
      "  cupel plan tasks/manifests/mini-baselines.json\n"
      "  cupel plan sweep.json --store sweep.db --why");
  command->callback([flags, &chosen] { chosen.action = [flags] { return plan(*flags); }; });
}

void add_schema(CLI::App& app, Chosen& chosen) {
  CLI::App* command = app.add_subcommand("schema", "print the JSON Schema of a file that you write");
  auto kind = std::make_shared<std::string>();
  command->add_option("KIND", *kind, "manifest")->required()->check(CLI::IsMember({"manifest"}));
  command->callback([&chosen] {
    chosen.action = [] {
      print(std::string(manifest_schema()));
      return 0;
    };
  });
}

}  // namespace cupel::cli
