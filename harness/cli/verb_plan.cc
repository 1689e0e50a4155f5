#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/plan_flags.h"
#include "harness/cli/verbs.h"
#include "harness/plan/manifest.h"
#include "harness/run/artifact.h"
#include "harness/run/gate_rules.h"
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

std::string shown(const std::optional<std::string>& value) { return value.value_or("nothing"); }

/// Complete runs by model and task.
using RunsByName = std::map<std::pair<std::string, std::string>, std::vector<const results::Run*>>;

RunsByName by_name(const std::vector<results::Run>& runs) {
  RunsByName names;
  for (const results::Run& run : runs) {
    if (run.complete()) names[{run.cell.model, run.cell.task}].push_back(&run);
  }
  return names;
}

/// The settings in which the nearest complete run of the same task and model differs.
std::string nearest_run(const PlanCell& cell, const RunsByName& runs) {
  std::string best;
  std::size_t fewest = 0;
  const auto named = runs.find({cell.cell.model, cell.cell.task});
  if (named == runs.end()) return "no run of this model and task is in the store";
  for (const results::Run* candidate : named->second) {
    const results::Run& run = *candidate;
    const auto differing =
        differing_settings("cell", run.cell.config, cell.cell.config, "the store");
    if (!best.empty() && differing.size() >= fewest) continue;
    fewest = differing.size();
    best = fmt::format("run {} differs in", run.id());
    for (const SettingDifference& one : differing)
      best += fmt::format(" {}: {} -> {};", one.key, shown(one.baseline), shown(one.candidate));
    best.pop_back();
    if (fewest == 1) break;  // none is nearer; a sweep of seeds has thousands of these
  }
  return best;
}

std::string why(const PlanCell& cell, const PlannedState& known, const RunsByName& runs) {
  if (known.state == CellState::kComplete && known.scored < known.wanted)
    return fmt::format("{} of {} scores are there", known.scored, known.wanted);
  if (known.state == CellState::kMissing) return nearest_run(cell, runs);
  return known.describe();
}

reports::Table empty_table(bool with_why) {
  using For = reports::Column::For;
  return {.id = "cells",
          .title = {},
          .columns = {{"id", "cell"},
                      {"task", "task"},
                      {"dataset", "data set"},
                      {"split", "split"},
                      {"model", "model"},
                      {"seed", "seed"},
                      {"state", "state"},
                      {"why", "why", with_why ? For::kAll : For::kMachines}},
          .rows = {},
          .notes = {}};
}

/// The stages that the plan's cells need. `state`: "done" when the artefact is there.
reports::Table stage_table(const Plan& plan, const std::string& artifacts) {
  using For = reports::Column::For;
  reports::Table table{.id = "stages",
                       .title = "stages of training",
                       .columns = {{"id", "stage"},
                                   {"objective", "objective"},
                                   {"dataset", "data set"},
                                   {"model", "model"},
                                   {"seed", "seed"},
                                   {"parent", "after"},
                                   {"cells", "cells"},
                                   {"state", "state"},
                                   {"digest", "digest", For::kMachines}},
                       .rows = {},
                       .notes = {}};
  const std::vector<std::size_t> cells = cells_to_run(plan, {});
  const auto short_name = [](const Digest& digest) {
    return to_hex(digest).substr(0, results::kRunId);
  };
  for (const PlannedStage* stage : stages_of(plan, cells)) {
    const auto uses = [&](std::size_t place) {
      return std::ranges::contains(plan.cells()[place].chain, stage->digest, &PlannedStage::digest);
    };
    const PlanCell& first = plan.cells()[*std::ranges::find_if(cells, uses)];
    const Artifact artifact(artifacts, stage->digest);
    table.rows.push_back(
        {short_name(stage->digest), std::string(objective_name(stage->objective)),
         stage->dataset->id, first.cell.model,
         stage->seed ? reports::Cell(*stage->seed) : reports::Cell(),
         stage->parent ? reports::Cell(short_name(*stage->parent)) : reports::Cell(),
         static_cast<std::int64_t>(std::ranges::count_if(cells, uses)),
         artifact.finished() ? "done"
         : artifact.begun()  ? "partial"
                             : "missing",
         to_hex(stage->digest)});
  }
  return table;
}

std::string count_of_stages(const reports::Table& table) {
  std::map<std::string, std::size_t> counts;
  for (const auto& row : table.rows) ++counts[std::get<std::string>(row[row.size() - 2])];
  std::string note = fmt::format("{} stages of training:", table.rows.size());
  for (const auto& [name, count] : counts) note += fmt::format(" {} {},", count, name);
  note.back() = '.';
  return note;
}

/// Against an empty store when there is none.
PlanState state_in(const std::string& path, const Plan& plan, std::vector<results::Run>& runs) {
  std::error_code unreadable;  // which the store says better
  if (std::filesystem::status(path, unreadable).type() != std::filesystem::file_type::not_found) {
    results::Store store(path);
    runs = store.runs();
    return plan_state(store, plan.stored(), wanted_scores(store, plan));
  }
  PlanState none;
  for (const PlanCell& cell : plan.cells()) {
    none.cells.push_back(
        {.planned = {.cell = cell.cell, .reason = cell.reason},
         .state = cell.applicable() ? CellState::kMissing : CellState::kNotApplicable});
  }
  return none;
}

int plan(const PlanVerbFlags& flags) {
  const auto made = make_plan(flags.plan);
  std::vector<results::Run> runs;
  const PlanState state = state_in(store_of(flags.plan, *made), *made, runs);
  const RunsByName named = by_name(runs);
  reports::Table table = empty_table(flags.why);
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < made->cells().size(); ++i) {
    const PlanCell& cell = made->cells()[i];
    const PlannedState& known = state.cells[i];
    const bool unscored = known.state == CellState::kComplete && known.scored < known.wanted;
    const std::string name = unscored ? "unscored" : name_of(known.state);
    ++counts[name];
    table.rows.push_back({known.id(), cell.cell.task, cell.cell.dataset, cell.cell.split,
                          cell.cell.model, cell.seed ? reports::Cell(*cell.seed) : reports::Cell(),
                          name, why(cell, known, named)});
  }
  std::string note = fmt::format("plan {}, {} cells:", made->stored().id(), made->cells().size());
  for (const auto& [name, count] : counts) note += fmt::format(" {} {},", count, name);
  note.back() = '.';
  table.notes.push_back(note);
  std::vector<reports::Table> tables = {std::move(table)};
  reports::Table stages = stage_table(*made, artifacts_of(flags.plan, *made));
  if (!stages.rows.empty()) {
    tables.front().notes.push_back(count_of_stages(stages));
    if (flags.why || flags.format == "json") tables.push_back(std::move(stages));
  }
  print(reports::print_tables(tables, flags.format));
  return 0;
}

}  // namespace

void add_plan(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<PlanVerbFlags>();
  CLI::App* command =
      app.add_subcommand("plan", "show the cells of a manifest, and what is left to do");
  add_plan_flags(*command, flags->plan);
  command->add_flag("--why", flags->why,
                    "say of each cell why it stands as it does, and list the stages of training");
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Needs no data, no device and no plug-in. Examples:\n"
      "  cupel plan tasks/manifests/mini-baselines.json\n"
      "  cupel plan sweep.json --store sweep.db --why");
  command->callback([flags, &chosen] { chosen.action = [flags] { return plan(*flags); }; });
}

void add_schema(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      app.add_subcommand("schema", "print the JSON Schema of a file that you write");
  auto kind = std::make_shared<std::string>();
  command->add_option("KIND", *kind, "manifest or gate")
      ->required()
      ->check(CLI::IsMember({"manifest", "gate"}));
  command->callback([kind, &chosen] {
    chosen.action = [kind] {
      print(std::string(*kind == "gate" ? gate_schema() : manifest_schema()));
      return 0;
    };
  });
}

}  // namespace cupel::cli
