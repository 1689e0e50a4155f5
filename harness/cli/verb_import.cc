#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/progress.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/run/environment.h"
#include "harness/run/import.h"
#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct ImportFlags {
  std::string file;
  std::string store;
  ImportLabels labels;
};

/// What is kept about the file: its name without folders, which say nothing to others.
std::string source_of(const results::PredictionFile& file) {
  JsonWriter json;
  json.begin_object();
  json.key("file").value(std::filesystem::path(file.path).filename().string());
  json.key("sha256").value(file.sha256);
  return json.end_object().str();
}

int import(const ImportFlags& flags) {
  chem::silence_rdkit();
  const auto file = results::read_prediction_file(flags.file, flags.labels.task);
  results::StoreWriter store(flags.store, true, environment_facts());
  Progress progress("stored", file.rows.size());
  const Imported imported =
      import_predictions(store, file, flags.labels, source_of(file), progress.callback());
  print(fmt::format("{} {}, {}: {} predictions, {} new\n", imported.run.id(),
                    imported.run.cell.model, imported.run.cell.task, imported.run.size,
                    imported.run.size - imported.before));
  return 0;
}

}  // namespace

void add_import(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand("import", "keep somebody's predictions in a store");
  command->add_option("FILE", flags->file, "prediction file")->required();
  add_store_flag(*command, flags->store)->required();
  add_task_flag(*command, flags->labels.task)->required();
  with_variable(command
                    ->add_option("--model", flags->labels.model,
                                 "required: what the run is called in tables, e.g. molt5-large")
                    ->required()
                    ->option_text("NAME"));
  with_variable(command
                    ->add_option("--dataset", flags->labels.dataset,
                                 "what the examples are called, e.g. chebi-20")
                    ->option_text("NAME"));
  with_variable(
      command->add_option("--split", flags->labels.split, "default: test")->option_text("NAME"));
  with_variable(command->add_option("--seed", flags->labels.seed, "of the run, where it is known")
                    ->option_text("N"));
  command->callback([flags, &chosen] { chosen.action = [flags] { return import(*flags); }; });
}

}  // namespace cupel::cli
