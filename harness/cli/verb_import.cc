#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/progress.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "harness/core/quote.h"
#include "harness/run/environment.h"
#include "harness/run/import.h"
#include "harness/run/import_doctor.h"
#include "results/prediction_file.h"
#include "results/store.h"
#include "tasks/known_keys.h"

namespace cupel::cli {
namespace {

struct ImportFlags {
  std::string file;
  std::string store;
  ImportLabels labels;
  results::ReadOptions reading;
  bool dry_run = false;
  bool force = false;
  std::string format;
};

/// What cannot be read as predictions is damage that was found, and no wrong use of the program,
/// unless the user told how to read it.
results::PredictionFile read(const ImportFlags& flags) {
  std::string bytes = read_file(flags.file);
  try {
    return results::parse_prediction_file(std::move(bytes), flags.file, flags.reading);
  } catch (const Error& error) {
    const results::ColumnNames& columns = flags.reading.columns;
    const bool told = flags.reading.section != 0 || !columns.input.empty() ||
                      !columns.reference.empty() || !columns.prediction.empty();
    if (error.code() != Code::kUsage || told) throw;
    throw Error(Code::kCheckFailed, error.what(), error.hint());
  }
}

/// Messages of the doctor. True when it is sure of one.
bool tell(const ImportFlags& flags, const ImportExamination& examination) {
  bool sure = false;
  for (const ImportFinding& finding : examination.findings) {
    std::fprintf(stderr, "cupel: %s: %s%s: %s\n       %s\n", flags.file.c_str(),
                 finding.sure ? "" : "warning: ", finding.cause.c_str(), finding.what.c_str(),
                 finding.remedy.c_str());
    sure = sure || finding.sure;
  }
  return sure;
}

/// The rows are those of a known set, or they are not, whatever the user calls them.
void check_name(const ImportFlags& flags, const ImportLabels& labels,
                const ImportExamination& examination) {
  if (flags.force) return;
  const auto named = [&](const std::string& dataset, const std::string& split) {
    return labels.dataset == dataset && labels.split == split;
  };
  if (!examination.dataset.empty() && !named(examination.dataset, examination.split)) {
    throw Error(Code::kCheckFailed,
                fmt::format("{}: the rows are those of {} {}, not of {} {}", flags.file,
                            examination.dataset, examination.split, labels.dataset, labels.split),
                "leave --dataset and --split out; --force imports it under your name");
  }
  for (const tasks::KnownSet& set : tasks::KnownKeys::builtin().sets()) {
    if (!examination.dataset.empty() || !named(set.id, set.split)) continue;
    throw Error(Code::kCheckFailed,
                fmt::format("{}: these are not the rows of {} {}", flags.file, set.id, set.split),
                "give them another --dataset or --split; --force imports it under this name");
  }
}

/// The data set as the user or the rows themselves name it. A part of a known set is not that set.
ImportLabels labels_of(const ImportFlags& flags, const results::PredictionFile& file,
                       const ImportExamination& examination) {
  ImportLabels labels = flags.labels;
  labels.task = flags.reading.task;
  if (labels.dataset.empty() && examination.dataset.empty()) {
    throw Error(Code::kUsage,
                flags.file + ": these are not the rows of a test set that Cupel knows",
                "say what they are: --dataset NAME (and --split NAME, if not test)");
  }
  if (labels.dataset.empty()) {
    labels.dataset = examination.dataset;
    if (labels.split.empty()) labels.split = examination.split;
  }
  if (labels.split.empty()) labels.split = "test";
  check_name(flags, labels, examination);
  if (flags.force) labels.split += fmt::format(" (forced, {} rows)", file.rows.size());
  return labels;
}

/// What is kept about the file: its name without folders, which say nothing to others.
std::string source_of(const results::PredictionFile& file, const ImportExamination& examination) {
  JsonWriter json;
  json.begin_object();
  json.key("file").value(std::filesystem::path(file.path).filename().string());
  json.key("findings").begin_array();
  for (const ImportFinding& finding : examination.findings) json.value(finding.cause);
  json.end_array().key("format").value(file.format);
  json.key("section").value(file.section.number);
  json.key("sha256").value(file.sha256);
  return json.end_object().str();
}

std::string as_json(const ImportFlags& flags, const results::PredictionFile& file,
                    const ImportExamination& examination, const Imported* imported) {
  JsonWriter json;
  json.begin_object().key("file").value(flags.file).key("sha256").value(file.sha256);
  json.key("dataset").value(examination.dataset).key("split").value(examination.split);
  json.key("rows").value(file.rows.size()).key("matched").value(examination.matched);
  json.key("findings").begin_array();
  for (const ImportFinding& finding : examination.findings) {
    json.begin_object().key("cause").value(finding.cause).key("sure").value(finding.sure);
    json.key("what").value(finding.what).key("remedy").value(finding.remedy).end_object();
  }
  json.end_array().key("run");
  if (imported == nullptr) return json.null().end_object().str();
  json.value(imported->run.id());
  json.key("new").value(imported->run.size - imported->before);
  return json.end_object().str();
}

/// One of several runs in a file is chosen silently by nobody.
void tell_section(const results::PredictionFile& file) {
  if (file.section.count < 2) return;
  std::fprintf(stderr,
               "cupel: %s: %zu runs of the test are in this file; run %zu is taken (lines %zu to "
               "%zu; another one: --section)\n",
               file.path.c_str(), file.section.count, file.section.number, file.section.first_line,
               file.section.last_line);
}

int import(const ImportFlags& flags) {
  if (!flags.dry_run && flags.store.empty())
    throw Error(Code::kUsage, "--store is required", "or --dry-run, to examine the file only");
  if (!flags.dry_run && flags.labels.model.empty())
    throw Error(Code::kUsage, "--model is required", "what tables should call the run");
  chem::silence_rdkit();
  const results::PredictionFile file = read(flags);
  tell_section(file);
  const ImportExamination examination = examine_import(file, flags.reading.task);
  const bool sure = tell(flags, examination);
  if (flags.dry_run || (sure && !flags.force)) {
    if (flags.format == "json") print(as_json(flags, file, examination, nullptr));
    if (sure && !flags.dry_run)
      std::fputs("cupel: nothing was imported; mend the file, or import it as it is with --force\n",
                 stderr);
    if (!sure && flags.format == "text")
      print(fmt::format("{}: {} rows{}, {} warnings\n", flags.file, file.rows.size(),
                        examination.dataset.empty()
                            ? ""
                            : fmt::format(" of {} {}", examination.dataset, examination.split),
                        examination.findings.size()));
    return sure ? static_cast<int>(Code::kCheckFailed) : 0;
  }
  const ImportLabels labels = labels_of(flags, file, examination);
  results::StoreWriter store(flags.store, true, environment_facts());
  Progress progress("stored", file.rows.size());
  const Imported imported =
      import_predictions(store, file, labels, source_of(file, examination), progress.callback());
  print(flags.format == "json"
            ? as_json(flags, file, examination, &imported)
            : fmt::format("{} {}, {} on {} {}: {} predictions, {} new\n", imported.run.id(),
                          quote(imported.run.cell.model), labels.task, labels.dataset, labels.split,
                          imported.run.size, imported.run.size - imported.before));
  return 0;
}

void add_reading_flags(CLI::App& command, results::ReadOptions& reading) {
  std::string formats;
  for (const auto& format : results::prediction_formats().entries())
    formats += (formats.empty() ? "" : ", ") + format.id;
  with_variable(command
                    .add_option("--from", reading.format,
                                "format of the file: " + formats + " (default: as it looks)")
                    ->option_text("FORMAT")
                    ->check([](const std::string& value) -> std::string {
                      if (results::prediction_formats().find(value) != nullptr) return {};
                      return "unknown format '" + value + "'; " +
                             suggest(value, results::prediction_formats().ids());
                    }));
  with_variable(
      command
          .add_option(
              "--section", reading.section,
              "of an Atomas file that holds several runs of a test: which one (default: the "
              "last)")
          ->option_text("N"));
  with_variable(command
                    .add_option("--input-column", reading.columns.input,
                                "name of the column or key with what the model was given")
                    ->option_text("NAME"));
  with_variable(command
                    .add_option("--reference-column", reading.columns.reference,
                                "name of the one with the ground truth")
                    ->option_text("NAME"));
  with_variable(command
                    .add_option("--prediction-column", reading.columns.prediction,
                                "name of the one with the model's output")
                    ->option_text("NAME"));
}

}  // namespace

void add_import(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command =
      app.add_subcommand("import", "examine somebody's predictions, and keep them in a store");
  command->add_option("FILE", flags->file, "prediction file")->required();
  add_store_flag(*command, flags->store)->description("the SQLite file; made if it is missing");
  add_task_flag(*command, flags->reading.task)->required();
  with_variable(command
                    ->add_option("--model", flags->labels.model,
                                 "required to store: what tables call the run, e.g. molt5-large")
                    ->option_text("NAME"));
  with_variable(command
                    ->add_option("--dataset", flags->labels.dataset,
                                 "what the rows are (default: as they are recognised)")
                    ->option_text("NAME"));
  with_variable(
      command->add_option("--split", flags->labels.split, "of the data set (default: test)")
          ->option_text("NAME"));
  with_variable(command->add_option("--seed", flags->labels.seed, "of the run, where it is known")
                    ->option_text("N"));
  add_reading_flags(*command, flags->reading);
  with_variable(command->add_flag("--dry-run", flags->dry_run, "examine the file, store nothing")
                    ->option_text(" "));
  with_variable(command
                    ->add_flag("--force", flags->force,
                               "import what the doctor refuses; its split is marked as forced")
                    ->option_text(" "));
  add_format(*command, flags->format, {"text", "json"});
  command->footer(
      "Examples:\n"
      "  cupel import predictions.txt --store runs.db --task generation --model molt5-large\n"
      "  cupel import test_tmp_epoch=0.txt --from atomas --store runs.db --task captioning --model "
      "atomas\n"
      "Exit status 1: the file is damaged; the cause is named and nothing was stored.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return import(*flags); }; });
}

}  // namespace cupel::cli
