/// What every command that takes a manifest shares.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "tasks/dataset.h"

namespace CLI {
class App;
}  // namespace CLI

namespace cupel::cli {

struct PlanFlags {
  std::string manifest;
  std::string store;  ///< empty: NAME.db in the working folder, after the manifest's name
  std::size_t limit = 0;
  std::string artifacts;  ///< empty: beside the store
};
void add_plan_flags(CLI::App& command, PlanFlags& flags);

[[nodiscard]] std::unique_ptr<Plan> make_plan(const PlanFlags& flags);

/// The same of a manifest's text; `origin` as of parse_manifest.
[[nodiscard]] std::unique_ptr<Plan> make_plan(const std::string& text, const std::string& origin,
                                              std::size_t limit);

/// --store, or its default.
[[nodiscard]] std::string store_of(const PlanFlags& flags, const Plan& plan);

/// --artifacts, or its default: the folder of what stages of training end with.
[[nodiscard]] std::string artifacts_of(const PlanFlags& flags, const Plan& plan);

/// --model and --task: some cells of a plan. Empty: all.
struct CellFlags {
  std::string model;
  std::string task;
};
void add_cell_flags(CLI::App& command, CellFlags& flags);

/// The cells to run that are of this model and task, by their places. Throws Error{kUsage} listing
/// what there is when there are none.
[[nodiscard]] std::vector<std::size_t> chosen_cells(const Plan& plan, const CellFlags& flags);

/// The bundled suite is written when one of these cells needs it and it is not there.
void ensure_suite(const Plan& plan, std::span<const std::size_t> cells,
                  const tasks::DataRoots& roots);

/// "captioning on mini-chebi-20: bm25, seed 1", printable.
[[nodiscard]] std::string describe(const PlanCell& cell);

/// "pretraining on mini-pubchemstm-distill, seed 1".
[[nodiscard]] std::string describe(const PlannedStage& stage);

}  // namespace cupel::cli
