#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"
#include "reports/score_report.h"
#include "results/prediction_file.h"

namespace cupel::cli {
namespace {

struct ScoreFlags {
  std::vector<std::string> files;
  std::string task;
  std::string protocol;
  std::string format;
  std::string examples;
  FileFlags inputs;
  ScoringOptions options;
};

/// Tells a person at a terminal how far a slow file is; pipes and logs stay clean.
class Progress {
 public:
  explicit Progress(std::size_t total)
      : total_(total), shown_(::isatty(STDERR_FILENO) == 1 && total >= 500) {}
  ~Progress() {
    if (drawn_) std::fputs("\r\033[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  [[nodiscard]] std::function<void(std::size_t)> callback() {
    if (!shown_) return {};
    return [this](std::size_t done) {
      const double elapsed =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
      const double left = elapsed * static_cast<double>(total_ - done) / static_cast<double>(done);
      std::fprintf(stderr, "\rscored %zu of %zu, %.0f s left\033[K", done, total_, left);
      drawn_ = true;
    };
  }

 private:
  std::size_t total_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
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

int score(const ScoreFlags& flags) {
  if (!flags.examples.empty() && flags.files.size() > 1) {
    throw Error(Code::kUsage, "--examples takes the statistics of one file",
                "score the files one by one");
  }
  chem::silence_rdkit();
  std::vector<results::PredictionFile>
      files;  // all are read first: a bad last file must not cost the work on the others
  for (const std::string& path : flags.files)
    files.push_back(results::read_prediction_file(path, flags.task));
  Scorer scorer(metrics::find_protocol(flags.protocol), flags.task, resolve(flags.inputs),
                flags.options);
  reports::ScoreReport report{.task = flags.task,
                              .protocol = scorer.protocol().id,
                              .confidence = flags.options.confidence,
                              .resamples = flags.options.resamples,
                              .files = {}};
  for (const results::PredictionFile& file : files) {
    std::vector<ScoringPair> pairs;
    for (const results::PredictionRow& row : file.rows)
      pairs.push_back({.prediction = row.prediction, .reference = row.reference});
    Progress progress(pairs.size());
    ScoredPairs scored = scorer.score(pairs, progress.callback());
    if (!flags.examples.empty()) write_file(flags.examples, examples_csv(file, scored));
    report.files.push_back({.file = file.path,
                            .sha256 = file.sha256,
                            .n = file.rows.size(),
                            .scores = std::move(scored.scores)});
  }
  print(rendered(report, flags.format));
  return 0;
}

}  // namespace

void add_score(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = app.add_subcommand("score", "score prediction files under a protocol");
  command
      ->add_option("FILE", flags->files,
                   "tab-separated: SMILES or description, ground truth, output; one header line")
      ->required();
  with_variable(
      command
          ->add_option("--task", flags->task,
                       "required: generation (text to molecule) or captioning (molecule to text)")
          ->required()
          ->option_text("TASK")
          ->check([](const std::string& value) -> std::string {
            static const std::vector<std::string> tasks = {"generation", "captioning"};
            return value == tasks[0] || value == tasks[1]
                       ? ""
                       : "unknown task '" + value + "'; " + suggest(value, tasks);
          }));
  with_variable(
      command
          ->add_option("--protocol", flags->protocol,
                       "required: a name (see: cupel list protocols) or a protocol file (*.json)")
          ->required()
          ->option_text("P"));
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
      "Several files over the same references cost less together: molecules are computed once.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return score(*flags); }; });
}

}  // namespace cupel::cli
