#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "reports/table.h"
#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/dataset_files.h"
#include "tasks/dataset_stats.h"

namespace cupel::cli {
namespace {

using reports::Cell;
using reports::Table;
using tasks::DatasetDescriptor;
using tasks::FileState;
using For = reports::Column::For;

struct Flags {
  DataFlags roots;
  std::vector<std::string> sets;
  std::string format;
};

Cell number(std::size_t value) { return static_cast<std::int64_t>(value); }

void print_table(const std::vector<Table>& tables, const std::string& format) {
  print(reports::print_tables(tables, format));
}

/// What the descriptor wants said below every table on the set.
void add_note(Table& table, const DatasetDescriptor& set) {
  if (!set.note.empty()) table.notes.push_back(set.id + ": " + set.note);
}

int list(const Flags& flags) {
  const tasks::DataRoots roots = roots_of(flags.roots);
  Table table{.id = "datasets",
              .columns = {{"id", "set"},
                          {"summary", "summary", For::kMachines},
                          {"kind", "kind"},
                          {"train", "train"},
                          {"validation", "validation"},
                          {"test", "test"},
                          {"at_hand", "at hand"},
                          {"licence", "licence"}}};
  for (const DatasetDescriptor& set : tasks::dataset_registry().entries()) {
    std::vector<Cell> row = {set.id, set.summary, set.has_labels() ? "labels" : "pairs"};
    for (const std::size_t size : set.sizes)
      row.push_back(set.parts.empty() ? Cell() : number(size));
    row.emplace_back(set.parts.empty()            ? "never released"
                     : tasks::at_hand(set, roots) ? "yes"
                                                  : "no");
    row.emplace_back(set.licence);
    table.rows.push_back(std::move(row));
    add_note(table, set);
  }
  print_table({table}, flags.format);
  return 0;
}

/// The sets that were named, or all whose folder is known.
std::vector<const DatasetDescriptor*> chosen_sets(const Flags& flags,
                                                  const tasks::DataRoots& roots) {
  std::vector<const DatasetDescriptor*> sets;
  for (const std::string& id : flags.sets) sets.push_back(&tasks::dataset_registry().get(id));
  if (!sets.empty()) return sets;
  for (const DatasetDescriptor& set : tasks::dataset_registry().entries())
    if (!tasks::root_of(set, roots).empty()) sets.push_back(&set);
  return sets;
}

/// Adds one row, and a note when the file is not the right one.
void add_state(Table& table, const DatasetDescriptor& set, const std::string& path,
               const FileState& state) {
  const bool differs = state.found == FileState::Found::kDiffers;
  const bool right = state.found == FileState::Found::kRight;
  table.rows.push_back({set.id, path,
                        differs ? "differs"
                        : right ? "right"
                                : "missing",
                        state.expected, state.actual.empty() ? Cell() : Cell(state.actual)});
  if (differs)
    table.notes.push_back(
        fmt::format("{}: {}: expected {}, found {}", set.id, path, state.expected, state.actual));
}

int verify(const Flags& flags) {
  const tasks::DataRoots roots = roots_of(flags.roots);
  if (flags.sets.empty() && roots.data.empty()) {
    std::fputs("cupel: real sets are left out: no folder of theirs is known (--data, CUPEL_DATA)\n",
               stderr);
  }
  Table table{.id = "files",
              .columns = {{"dataset", "set"},
                          {"file", "file"},
                          {"state", "state"},
                          {"expected", "expected", For::kMachines},
                          {"found", "found", For::kMachines}}};
  bool any_missing = false;
  bool any_differs = false;
  for (const DatasetDescriptor* set : chosen_sets(flags, roots)) {
    bool lacks = set->parts.empty();
    if (lacks) table.rows.push_back({set->id, "", "never released", Cell(), Cell()});
    const std::vector<tasks::DataFile> files = tasks::files_of(*set);
    for (const tasks::DataFile& file : files) {
      const FileState state = tasks::examine_file(*set, file, roots);
      add_state(table, *set, file.path, state);
      lacks = lacks || state.found == FileState::Found::kMissing;
      any_differs = any_differs || state.found == FileState::Found::kDiffers;
    }
    if (lacks) table.notes.push_back(set->id + ": to obtain what is missing: " + set->obtain);
    add_note(table, *set);
    any_missing = any_missing || lacks;
  }
  print_table({table}, flags.format);
  const Code worst = any_differs ? Code::kIntegrity : Code::kCapability;
  return any_differs || any_missing ? static_cast<int>(worst) : 0;
}

Table side_table(const DatasetDescriptor& set, const tasks::DatasetStats& stats) {
  Table table{.id = "sides",
              .title = set.id + ": " + set.summary,
              .columns = {{"side", "side"},
                          {"rows", "rows"},
                          {"smiles_mean", "SMILES length", For::kAll, 1},
                          {"smiles_longest", "longest"},
                          {"text_mean", "text length", For::kAll, 1},
                          {"text_longest", "longest"},
                          {"repeated_smiles", "repeated SMILES"},
                          {"repeated_texts", "repeated texts"},
                          {"unparsable", "not read by RDKit"},
                          {"scaffolds", "scaffolds"}}};
  for (const auto& [kind, name] : tasks::kSideNames) {
    const tasks::SideStats& side = stats.sides[static_cast<std::size_t>(kind)];
    std::vector<Cell> row = {std::string(name), number(side.rows)};
    for (const tasks::Lengths& lengths : {side.smiles, side.text}) {
      const bool none = lengths.longest == 0;
      row.push_back(none ? Cell() : Cell(lengths.mean));
      row.push_back(none ? Cell() : number(lengths.longest));
    }
    for (const std::size_t count :
         {side.repeated_smiles, side.repeated_texts, side.unparsable, side.scaffolds})
      row.push_back(number(count));
    table.rows.push_back(std::move(row));
  }
  table.notes.push_back("split: " + set.split.source);
  if (set.unparsable)
    table.notes.push_back(fmt::format("dropped, as RDKit does not read them: {}", *set.unparsable));
  if (!set.damage.empty()) table.notes.push_back("damage: " + set.damage);
  add_note(table, set);
  return table;
}

Table label_table(const tasks::DatasetStats& stats) {
  Table table{.id = "labels", .columns = {{"label", "label"}}};
  for (const auto& [side, name] : tasks::kSideNames) {
    for (const char* count : {"positive", "negative", "missing"})
      table.columns.push_back(
          {fmt::format("{}_{}", name, count), fmt::format("{} {}", name, count)});
  }
  for (const tasks::LabelStats& label : stats.labels) {
    std::vector<Cell> row = {label.name};
    for (const tasks::LabelCounts& counts : label.sides) {
      for (const std::size_t count : {counts.positive, counts.negative, counts.missing})
        row.push_back(number(count));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

int stats(const Flags& flags) {
  chem::silence_rdkit();
  const DatasetDescriptor& set = tasks::dataset_registry().get(flags.sets.front());
  const tasks::Dataset dataset = tasks::load_dataset(set, roots_of(flags.roots));
  const tasks::DatasetStats found = tasks::stats_of(dataset, set.split.chirality);
  std::vector<Table> tables = {side_table(set, found)};
  if (!found.labels.empty()) tables.push_back(label_table(found));
  print_table(tables, flags.format);
  return 0;
}

int where(const Flags& flags) {
  const DatasetDescriptor& set = tasks::dataset_registry().get(flags.sets.front());
  const std::filesystem::path root = tasks::root_of(set, roots_of(flags.roots));
  Table table{.id = "files", .columns = {{"path", "path"}, {"at_hand", "at hand"}}};
  for (const tasks::Part& part : set.parts) {
    for (const tasks::DataFile& file : part.files) {
      const std::filesystem::path path = root / file.path;
      std::error_code ignored;
      const bool there = !root.empty() && std::filesystem::exists(path, ignored);
      table.rows.push_back({path.string(), there ? "yes" : "no"});
    }
  }
  table.notes.push_back("to obtain: " + set.obtain);
  add_note(table, set);
  print_table({table}, flags.format);
  return 0;
}

struct SubVerb {
  const char* name;
  const char* description;
  int (*run)(const Flags&);
  int min_sets;
  int max_sets;  ///< -1: any number
};

void add_sub_verb(CLI::App& data, Chosen& chosen, const SubVerb& verb) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = data.add_subcommand(verb.name, verb.description);
  if (verb.max_sets != 0) {
    CLI::Option* sets = command->add_option("SET", flags->sets, "a name from cupel list datasets")
                            ->expected(verb.min_sets, verb.max_sets < 0 ? 1000 : verb.max_sets);
    if (verb.min_sets > 0) sets->required();
  }
  add_data_flags(*command, flags->roots);
  add_format(*command, flags->format, {"text", "json"});
  command->callback(
      [flags, &chosen, run = verb.run] { chosen.action = [flags, run] { return run(*flags); }; });
}

}  // namespace

void add_data(CLI::App& app, Chosen& chosen) {
  CLI::App* data = app.add_subcommand("data", "list, verify and examine data sets");
  for (const SubVerb& verb :
       {SubVerb{"list", "which sets are known, how large they are, and whether they are at hand",
                list, 0, 0},
        {"verify", "compare the digests of files; all sets of a known folder, or those named",
         verify, 0, -1},
        {"stats", "load a set and count rows, lengths, repeats, scaffolds and labels", stats, 1, 1},
        {"where", "the paths at which the files of a set are looked for", where, 1, 1}})
    add_sub_verb(*data, chosen, verb);
  add_data_synth(*data, chosen);
}

}  // namespace cupel::cli
