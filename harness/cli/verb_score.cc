#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
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
#include "harness/run/environment.h"
#include "harness/run/scoring.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"
#include "reports/score_report.h"
#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct ScoreFlags {
  std::vector<std::string> files;
  std::string store;
  reports::RunChoice choice;  ///< of a store; for files only task and protocol
  std::string format;
  std::string examples;
  FileFlags inputs;
  ScoringOptions options;
};

/// One row an example; a metric's own value stands under its name, empty where the example does not
/// count.
std::string examples_csv(const results::PredictionFile& file, const ScoredPairs& scored) {
  std::string out = "line";
  for (const MetricStatistics& metric : scored.statistics) {
    for (const std::string& column : metric.columns)
      out += "," + metric.metric + (column.empty() ? "" : "." + column);
  }
  out += '\n';
  for (std::size_t i = 0; i < file.rows.size(); ++i) {
    out += fmt::format("{}", file.rows[i].line);
    for (const MetricStatistics& metric : scored.statistics) {
      for (const double number : metric.table.row(i))
        fmt::format_to(std::back_inserter(out), ",{:.17g}", number);
    }
    out += '\n';
  }
  return out;
}

std::string rendered(const reports::ScoreReport& report, const std::string& format) {
  if (format == "json") return reports::score_json(report);
  if (format == "csv") return reports::score_csv(report);
  if (format == "md") return reports::score_markdown(report);
  return reports::score_text(report);
}

void score_file(const results::PredictionFile& file, const ScoreFlags& flags, Scorer& scorer,
                reports::ScoreReport& report) {
  std::vector<ScoringPair> pairs;
  for (const results::PredictionRow& row : file.rows)
    pairs.push_back({.prediction = row.prediction, .reference = row.reference});
  Progress progress("scored", pairs.size());
  ScoredPairs scored = scorer.score(pairs, progress.callback());
  if (!flags.examples.empty()) write_file(flags.examples, examples_csv(file, scored));
  report.files.push_back({.file = file.path,
                          .sha256 = file.sha256,
                          .n = file.rows.size(),
                          .scores = std::move(scored.scores)});
}

int score_files(const ScoreFlags& flags) {
  if (flags.choice.task.empty())
    throw Error(Code::kUsage, "--task is required for files", "generation or captioning");
  check_file_task(flags.choice.task);
  if (flags.choice.protocols.size() != 1 || flags.choice.protocols[0] == "all")
    throw Error(Code::kUsage, "files are scored under one protocol",
                "to have several, import the files: cupel import --help");
  if (!flags.examples.empty() && flags.files.size() > 1) {
    throw Error(Code::kUsage, "--examples takes the statistics of one file",
                "score the files one by one");
  }
  std::vector<results::PredictionFile>
      files;  // all are read first: a bad last file must not cost the work on the others
  for (const std::string& path : flags.files)
    files.push_back(results::read_prediction_file(path, flags.choice.task));
  Scorer scorer(metrics::find_protocol(flags.choice.protocols[0]), flags.choice.task,
                resolve(flags.inputs), flags.options);
  reports::ScoreReport report{.task = flags.choice.task,
                              .protocol = scorer.protocol().id,
                              .confidence = flags.options.confidence,
                              .resamples = flags.options.resamples,
                              .files = {}};
  for (const results::PredictionFile& file : files) score_file(file, flags, scorer, report);
  print(rendered(report, flags.format));
  return 0;
}

std::vector<metrics::Protocol> chosen_protocols(const ScoreFlags& flags) {
  std::vector<metrics::Protocol> protocols;
  for (const std::string& name : flags.choice.protocols) {
    if (name == "all")
      std::ranges::copy(metrics::builtin_protocols().entries(), std::back_inserter(protocols));
    else
      protocols.push_back(metrics::find_protocol(name));
  }
  return protocols;
}

/// Runs of one task under one protocol, so that molecules and vocabularies are shared.
void score_runs(results::StoreWriter& store, const std::vector<results::Run>& runs,
                const metrics::Protocol& protocol, const ScoreFlags& flags) {
  Scorer scorer(protocol, runs.front().cell.task, resolve(flags.inputs), flags.options);
  for (const results::Run& run : runs) {
    Progress progress("scored", run.size);
    const StoredScores scored = score_run(store, run, scorer, flags.options, progress.callback());
    std::fprintf(stderr, "%s %s, %s under %s: %zu scores, %zu new\n", run.id().c_str(),
                 run.cell.model.c_str(), run.cell.task.c_str(), protocol.id.c_str(),
                 scored.scores.size(), scored.added);
  }
}

int score_store(const ScoreFlags& flags) {
  if (!flags.examples.empty())
    throw Error(Code::kUsage, "--examples is for files", "the store keeps every example already");
  const auto protocols = chosen_protocols(flags);
  results::StoreWriter store(flags.store, false, environment_facts());
  std::map<std::string, std::vector<results::Run>> by_task;
  bool incomplete = false;
  for (results::Run& run : reports::choose_runs(store, flags.choice)) {
    const bool left_out = flags.choice.runs.empty() && !run.complete();
    if (left_out)
      std::fprintf(stderr, "cupel: %s %s has %zu of %zu predictions: run its import again\n",
                   run.id().c_str(), run.cell.model.c_str(), run.stored, run.size);
    else
      by_task[run.cell.task].push_back(std::move(run));
    incomplete = incomplete || left_out;
  }
  std::size_t pairs = 0;
  for (const metrics::Protocol& protocol : protocols) {
    for (const auto& [task, runs] : by_task) {
      if (!protocol.tasks.contains(scoring_section(task))) continue;
      score_runs(store, runs, protocol, flags);
      ++pairs;
    }
  }
  if (pairs == 0) {
    throw Error(Code::kUsage, flags.store + ": no run that these protocols could score",
                by_task.empty() ? "'cupel import FILE --store " + flags.store + "' adds one"
                                : "see: cupel list runs, and cupel show protocol NAME");
  }
  reports::RunChoice scored = flags.choice;
  scored.protocols.clear();
  for (const metrics::Protocol& protocol : protocols) scored.protocols.push_back(protocol.id);
  print_scores(store, scored, flags.format);
  return incomplete ? static_cast<int>(Code::kIncomplete) : 0;
}

int score(const ScoreFlags& flags) {
  chem::silence_rdkit();
  if (flags.files.empty() == flags.store.empty()) {
    throw Error(Code::kUsage, "score either prediction files or the runs of a store",
                "cupel score FILE… --task T --protocol P, or cupel score --store S --protocol P");
  }
  if (flags.store.empty() && !flags.choice.runs.empty())
    throw Error(Code::kUsage, "--run names a run of a store", "add --store FILE");
  return flags.store.empty() ? score_files(flags) : score_store(flags);
}

}  // namespace

void add_score(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = app.add_subcommand(
      "score", "score prediction files, or the runs of a store, under a protocol");
  command->add_option(
      "FILE", flags->files,
      "tab-separated: SMILES or description, ground truth, output; one header line");
  add_store_flag(*command, flags->store);
  add_run_flags(*command, flags->choice);
  command->get_option("--protocol")
      ->required()
      ->description(
          "required: a name (see: cupel list protocols) or a protocol file (*.json); with --store "
          "also several, or all");
  add_format(*command, flags->format, {"text", "json", "csv", "md"});
  with_variable(command
                    ->add_option("--examples", flags->examples,
                                 "write every example's statistics here, as CSV")
                    ->option_text("OUT"));
  add_file_flags(*command, flags->inputs);
  with_variable(command
                    ->add_option("--resamples", flags->options.resamples,
                                 "bootstrap draws for the intervals; 0: none (default 1000)")
                    ->check(CLI::Range(0, 1000000))
                    ->option_text("N"));
  with_variable(
      command
          ->add_option("--confidence", flags->options.confidence, "of the intervals (default 0.95)")
          ->check(CLI::Range(0.5, 0.9999))
          ->option_text("C"));
  with_variable(command->add_option("--seed", flags->options.seed, "of the bootstrap (default 1)")
                    ->option_text("N"));
  with_variable(
      command->add_option("--jobs", flags->options.jobs, "threads (default: all processors)")
          ->check(CLI::Range(0, 1024))
          ->option_text("N"));
  command->footer(
      "Examples:\n"
      "  cupel score predictions.tsv --task generation --protocol molt5\n"
      "  cupel score a.tsv b.tsv --task captioning --protocol cupel --format json\n"
      "  cupel score --store runs.db --protocol molt5 --protocol cupel\n"
      "Several files over the same references cost less together: molecules are computed once.\n"
      "In a store, scores are only added: what is there is not computed again.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return score(*flags); }; });
}

}  // namespace cupel::cli
