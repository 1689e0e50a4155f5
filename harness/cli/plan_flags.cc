#include "harness/cli/plan_flags.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/plan/manifest.h"
#include "harness/plugin/external_models.h"
#include "harness/run/artifact.h"
#include "models/preset.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/suite/suite.h"

namespace cupel::cli {
namespace {

models::ModelEntry read_external(const std::filesystem::path& path) {
  return external_model(models::read_preset(path), modules_folder());
}

Registry<models::ModelEntry> all_models() {
  return known_models({presets_folder()}, modules_folder());
}

}  // namespace

void add_plan_flags(CLI::App& command, PlanFlags& flags) {
  command
      .add_option("MANIFEST", flags.manifest,
                  "JSON: models, tasks, seeds, protocols (cupel schema manifest)")
      ->required();
  add_store_flag(command, flags.store)
      ->description(
          "the SQLite file that keeps runs and scores (default: NAME.db, after the "
          "manifest's name)");
  with_variable(command
                    .add_option("--limit", flags.limit,
                                "only the first N examples of each cell, to try things out; their "
                                "split is called 'test (first N)'")
                    ->check([](const std::string& value) -> std::string {
                      const bool digits =
                          value.find_first_not_of("0123456789") == std::string::npos;
                      if (digits && value.find_first_not_of('0') != std::string::npos) return {};
                      return "'" + value + "' is not a number of examples, 1 or more";
                    })
                    ->option_text("N"));
  with_variable(command
                    .add_option("--artifacts", flags.artifacts,
                                "the folder of what stages of training end with (default: "
                                "STORE.artifacts); shards of one machine can share one")
                    ->option_text("DIR"));
}

void add_cell_flags(CLI::App& command, CellFlags& flags) {
  with_variable(command.add_option("--model", flags.model, "only the cells of this model")
                    ->option_text("NAME"));
  with_variable(
      command.add_option("--task", flags.task, "only the cells of this task")->option_text("T"));
}

std::vector<std::size_t> chosen_cells(const Plan& plan, const CellFlags& flags) {
  std::vector<std::size_t> cells = cells_to_run(plan, {});
  std::set<std::string> known;
  for (const std::size_t place : cells) {
    const results::Cell& cell = plan.cells()[place].cell;
    known.insert(printable(cell.model) + " on " + cell.task);
  }
  std::erase_if(cells, [&](std::size_t place) {
    const results::Cell& cell = plan.cells()[place].cell;
    return (!flags.model.empty() && cell.model != flags.model) ||
           (!flags.task.empty() && cell.task != flags.task);
  });
  if (!cells.empty()) return cells;
  throw Error(Code::kUsage, "no cell of the manifest is of this model and task",
              fmt::format("there are: {}", fmt::join(known, ", ")));
}

std::unique_ptr<Plan> make_plan(const PlanFlags& flags) {
  return std::make_unique<Plan>(read_manifest(flags.manifest, read_external, all_models()),
                                flags.limit);
}

std::unique_ptr<Plan> make_plan(const std::string& text, const std::string& origin,
                                std::size_t limit) {
  return std::make_unique<Plan>(parse_manifest(text, origin, read_external, all_models()), limit);
}

std::string store_of(const PlanFlags& flags, const Plan& plan) {
  return flags.store.empty() ? plan.manifest().name + ".db" : flags.store;
}

std::string artifacts_of(const PlanFlags& flags, const Plan& plan) {
  return flags.artifacts.empty() ? default_artifacts(store_of(flags, plan)).string()
                                 : flags.artifacts;
}

void ensure_suite(const Plan& plan, std::span<const std::size_t> cells,
                  const tasks::DataRoots& roots) {
  const auto in_suite = [](const tasks::DatasetDescriptor* set) {
    return set->root == tasks::DatasetDescriptor::Root::kSuite;
  };
  const bool needed = std::ranges::any_of(cells, [&](std::size_t place) {
    const PlanCell& cell = plan.cells()[place];
    return in_suite(cell.task->dataset) ||
           std::ranges::any_of(cell.chain, in_suite, &PlannedStage::dataset);
  });
  const auto there = [&] { return std::filesystem::exists(roots.suite / "suite.tsv"); };
  if (!needed || there()) return;
  std::fprintf(stderr, "writing the bundled suite to %s\n", roots.suite.c_str());
  std::filesystem::create_directories(std::filesystem::absolute(roots.suite).parent_path());
  try {
    tasks::write_suite(roots.suite);
  } catch (const Error&) {
    // Of several programs that start at once the first one writes it, the others take that.
    if (!there()) throw;
  }
}

std::string describe(const PlannedStage& stage) {
  return fmt::format("{} on {}{}", objective_name(stage.objective), stage.dataset->id,
                     stage.seed ? fmt::format(", seed {}", *stage.seed) : "");
}

std::string describe(const PlanCell& cell) {
  return fmt::format("{} on {}: {}{}", cell.cell.task, cell.cell.dataset,
                     printable(cell.cell.model),
                     cell.seed ? fmt::format(", seed {}", *cell.seed) : "");
}

}  // namespace cupel::cli
