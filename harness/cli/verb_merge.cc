#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/progress.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "harness/run/merge.h"

namespace cupel::cli {
namespace {

/// Cells that are named to people; all are counted, and named in JSON.
constexpr std::size_t kNamed = 10;

struct MergeFlags {
  std::vector<std::string> shards;
  std::string store;
  std::string plan;
  std::string format;
};

std::vector<const PlannedState*> open_cells(const Merged& merged) {
  std::vector<const PlannedState*> open;
  for (const PlannedState& cell : merged.state.cells) {
    if (cell.state != CellState::kComplete && cell.state != CellState::kNotApplicable)
      open.push_back(&cell);
  }
  return open;
}

std::string as_json(const Merged& merged, const std::vector<const PlannedState*>& open) {
  JsonWriter json;
  json.begin_object().key("content_digest").value(to_hex(merged.content));
  json.key("runs").value(merged.runs).key("predictions").value(merged.predictions);
  json.key("scores").value(merged.scores).key("repeated").value(merged.repeated);
  json.key("conflicts").begin_array();
  for (const std::string& conflict : merged.conflicts) json.value(conflict);
  json.end_array().key("plan");
  if (merged.plan)
    json.value(merged.plan->id());
  else
    json.null();
  json.key("complete").value(merged.state.count(CellState::kComplete));
  json.key("incomplete").begin_array();
  for (const PlannedState* cell : open) {
    json.begin_object().key("id").value(cell->id()).key("model").value(cell->planned.cell.model);
    json.key("task").value(cell->planned.cell.task).key("state").value(cell->describe());
    json.end_object();
  }
  json.end_array().key("unplanned").begin_array();
  for (const results::Run& run : merged.state.unplanned) json.value(run.id());
  return json.end_array().end_object().str();
}

std::string as_text(const Merged& merged, const std::vector<const PlannedState*>& open) {
  std::string out = fmt::format("added {} runs, {} predictions, {} scores", merged.runs,
                                merged.predictions, merged.scores);
  if (merged.repeated > 0)
    out += fmt::format("; {} runs are in more than one shard, and alike", merged.repeated);
  if (merged.plan) {
    const std::size_t done = merged.state.count(CellState::kComplete);
    out += fmt::format("\nplan {} ({}): {} of {} cells are complete", merged.plan->id(),
                       merged.plan->name, done, done + open.size());
    const std::size_t never = merged.state.count(CellState::kNotApplicable);
    if (never > 0) out += fmt::format(", {} are not applicable", never);
  }
  return out + "\ncontent digest " + to_hex(merged.content) + "\n";
}

/// One line about a store, in which names may be anything.
void say(const std::string& text) { std::fprintf(stderr, "cupel: %s\n", printable(text).c_str()); }

/// What somebody has to do something about. Returns the exit status.
int tell(const Merged& merged, const std::vector<const PlannedState*>& open) {
  for (const std::string& conflict : merged.conflicts) say("conflict: " + conflict);
  if (!merged.conflicts.empty()) {
    std::fputs(
        "       what differs was not added: find out which file is right, and merge without the "
        "other\n",
        stderr);
  }
  if (!merged.plan) say("no plan in these stores: whether something is missing is not known");
  const std::vector<results::Run>& unplanned = merged.state.unplanned;
  for (const results::Run& run : std::span(unplanned).first(std::min(kNamed, unplanned.size())))
    say(fmt::format("run {} ({}, {}) is of no planned cell", run.id(), run.cell.model,
                    run.cell.task));
  if (unplanned.size() > kNamed)
    say(fmt::format("{} runs are of no planned cell", unplanned.size()));
  for (const PlannedState* one : std::span(open).first(std::min(kNamed, open.size()))) {
    const results::Cell& cell = one->planned.cell;
    say(fmt::format("cell {} ({}, {} on {}): {}", one->id(), cell.model, cell.task, cell.dataset,
                    one->describe()));
  }
  if (!open.empty()) {
    say(fmt::format("{} of the plan's cells are not complete", open.size()));
    std::fputs("       run what is missing, then merge its store too\n", stderr);
  }
  if (!merged.conflicts.empty()) return static_cast<int>(Code::kIntegrity);
  return open.empty() ? 0 : static_cast<int>(Code::kIncomplete);
}

int merge(const MergeFlags& flags) {
  if (flags.store.empty())
    throw Error(Code::kUsage, "--store is required", "it names the store to merge into");
  chem::silence_rdkit();
  std::optional<Progress> shown;
  std::function<void(std::size_t)> show;
  const Merged merged =
      merge_stores(std::vector<std::filesystem::path>(flags.shards.begin(), flags.shards.end()),
                   flags.store, flags.plan, [&](std::size_t done, std::size_t total) {
                     if (!shown) show = shown.emplace("merged", total).callback();
                     if (show) show(done);
                   });
  shown.reset();  // before other messages
  const auto open = open_cells(merged);
  print(flags.format == "json" ? as_json(merged, open) : as_text(merged, open));
  return tell(merged, open);
}

}  // namespace

void add_merge(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<MergeFlags>();
  CLI::App* command = app.add_subcommand(
      "merge", "make one store of several, and prove that it has every cell of a plan");
  command->add_option("SHARD", flags->shards, "stores to read; they stay as they are")->required();
  add_store_flag(*command, flags->store)
      ->description("the store to merge into, made if it is not there");
  with_variable(command
                    ->add_option("--plan", flags->plan,
                                 "whose cells must be complete, by id or name (default: the one "
                                 "made last)")
                    ->option_text("ID"));
  add_format(*command, flags->format, {"text", "json"});
  command->footer(
      "Examples:\n"
      "  cupel merge shard-1.db shard-2.db --store all.db\n"
      "Interrupted, it goes on when the same command is run again. Exit status 4: cells are "
      "missing;\n"
      "5: a shard was changed, or two say different things (nothing of that cell is added); 7: a "
      "shard is damaged.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return merge(*flags); }; });
}

}  // namespace cupel::cli
