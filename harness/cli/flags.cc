#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/core/quote.h"
#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"

namespace cupel::cli {
namespace {

std::filesystem::path named_file(const std::string& flag, const std::string& value) {
  if (!std::filesystem::exists(value)) {
    throw Error(Code::kUsage, flag + ": " + value + ": no such file",
                "check the path; relative paths start at the working folder");
  }
  return value;
}

/// A file below the data folder, or nothing.
std::filesystem::path below(const std::string& data, const char* relative) {
  if (data.empty()) return {};
  const std::filesystem::path path = std::filesystem::path(data) / relative;
  return std::filesystem::exists(path) ? path : std::filesystem::path();
}

void add_data_flag(CLI::App& command, std::string& data) {
  with_variable(command.add_option("--data", data, "folder of real data sets and vocabularies")
                    ->option_text("DIR"));
}

void check_data_folder(const std::string& data) {
  if (data.empty() || std::filesystem::is_directory(data)) return;
  throw Error(Code::kUsage, "--data: " + data + ": no such folder",
              "it is also read from CUPEL_DATA");
}

/// $XDG_CACHE_HOME/cupel/suite-DIGEST, so that another version of the program finds its own.
std::filesystem::path default_suite() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder = cache != nullptr && *cache != '\0' ? cache
                                 : home != nullptr ? std::filesystem::path(home) / ".cache"
                                                   : std::filesystem::temp_directory_path();
  std::string sets;
  for (const auto& set : tasks::dataset_registry().entries()) {
    if (set.root == tasks::DatasetDescriptor::Root::kSuite)
      sets += to_hex(tasks::dataset_digest(set));
  }
  constexpr std::size_t kDigits = 12;
  return folder / "cupel" / ("suite-" + sha256_hex(sets).substr(0, kDigits));
}

}  // namespace

CLI::Option* with_variable(CLI::Option* option) {
  std::string name = "CUPEL_" + option->get_lnames().front();
  for (char& c : name)
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return option->envname(name);
}

CLI::Option* add_format(CLI::App& command, std::string& format,
                        const std::vector<std::string>& formats) {
  format = formats.front();
  std::string all;
  for (const std::string& one : formats) all += (all.empty() ? "" : "|") + one;
  return with_variable(
      command
          .add_option("--format", format,
                      "output format: " + all + " (default " + formats.front() + ")")
          ->check([formats](const std::string& value) -> std::string {
            if (std::ranges::contains(formats, value)) return {};
            return "unknown format '" + value + "'; " + suggest(value, formats);
          })
          ->option_text(" "));
}

CLI::Option* add_store_flag(CLI::App& command, std::string& store) {
  return with_variable(
      command.add_option("--store", store, "the SQLite file that keeps runs and scores")
          ->option_text("FILE"));
}

void add_run_flags(CLI::App& command, reports::RunChoice& choice) {
  with_variable(command
                    .add_option("--run", choice.runs,
                                "by id or model, repeatable (default: all; see: cupel list runs "
                                "--store FILE)")
                    ->allow_extra_args(false)  // or it would take what follows its value, too
                    ->option_text("ID"));
  add_run_task_flag(command, choice.task);
  with_variable(
      command.add_option("--protocol", choice.protocols, "by name, repeatable (default: all)")
          ->allow_extra_args(false)
          ->option_text("P"));
}

CLI::Option* add_task_flag(CLI::App& command, std::string& task) {
  return with_variable(
      command
          .add_option("--task", task,
                      "generation (text to molecule) or captioning (molecule to text)")
          ->option_text("TASK")
          ->check([](const std::string& value) -> std::string {
            try {
              check_file_task(value);
              return "";
            } catch (const Error& error) {
              return fmt::format("{}; {}", error.what(), error.hint());
            }
          }));
}

void check_file_task(const std::string& task) {
  static const std::vector<std::string> tasks = {"generation", "captioning"};
  if (std::ranges::contains(tasks, task)) return;
  throw Error(Code::kUsage, "prediction files have no task '" + task + "'", suggest(task, tasks));
}

CLI::Option* add_run_task_flag(CLI::App& command, std::string& task) {
  return with_variable(
      command
          .add_option("--task", task,
                      "generation, captioning, text-to-molecule-retrieval, property-bbbp and so on")
          ->option_text("TASK"));
}

CLI::Option* add_metric_flag(CLI::App& command, std::vector<std::string>& metrics,
                             const std::string& what) {
  return with_variable(
      command.add_option("--metric", metrics, what)->allow_extra_args(false)->option_text("M"));
}

void add_test_flags(CLI::App& command, ComparisonOptions& options) {
  with_variable(
      command
          .add_option("--resamples", options.resamples, "paired bootstrap draws (default 10000)")
          ->check(CLI::Range(1, 1000000))
          ->option_text("N"));
  with_variable(command
                    .add_option("--trials", options.trials,
                                "trials of approximate randomization (default 10000)")
                    ->check(CLI::Range(1, 1000000))
                    ->option_text("N"));
  with_variable(command
                    .add_option("--confidence", options.confidence,
                                "of the intervals and of what is called better (default 0.95)")
                    ->check(CLI::Range(0.5, 0.9999))
                    ->option_text("C"));
  with_variable(command.add_option("--seed", options.seed, "of draws and trials (default 1)")
                    ->option_text("N"));
}

void add_file_flags(CLI::App& command, FileFlags& flags) {
  add_data_flag(command, flags.data);
  with_variable(command
                    .add_option("--wordpiece", flags.wordpiece,
                                "SciBERT's vocab.txt (default: scibert/vocab.txt in --data)")
                    ->option_text("FILE"));
  with_variable(command
                    .add_option("--t5-pieces", flags.t5_pieces,
                                "T5's spiece.model (default: t5_spiece/spiece.model in --data)")
                    ->option_text("FILE"));
  with_variable(command
                    .add_option("--wordnet", flags.wordnet,
                                "WordNet 3.0's dict folder (default: /usr/share/wordnet)")
                    ->option_text("DIR"));
}

void add_data_flags(CLI::App& command, DataFlags& flags) {
  add_data_flag(command, flags.data);
  add_suite_flag(command, flags.suite);
}

void add_suite_flag(CLI::App& command, std::string& suite) {
  with_variable(
      command
          .add_option("--suite", suite,
                      "folder of the bundled suite, written there when it is missing (default: "
                      "cupel/suite-DIGEST in XDG_CACHE_HOME or ~/.cache)")
          ->option_text("DIR"));
}

tasks::DataRoots roots_of(const DataFlags& flags) {
  check_data_folder(flags.data);
  return {.data = flags.data,
          .suite = flags.suite.empty() ? default_suite() : std::filesystem::path(flags.suite)};
}

ScoringFiles resolve(const FileFlags& flags) {
  ScoringFiles files;
  check_data_folder(flags.data);
  files.wordpiece = flags.wordpiece.empty() ? below(flags.data, "scibert/vocab.txt")
                                            : named_file("--wordpiece", flags.wordpiece);
  files.t5_pieces = flags.t5_pieces.empty() ? below(flags.data, "t5_spiece/spiece.model")
                                            : named_file("--t5-pieces", flags.t5_pieces);
  files.wordnet = flags.wordnet;
  files.piece_module = modules_folder() / "cupel_sentencepiece.so";
  return files;
}

std::filesystem::path modules_folder() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "lib" / "cupel";
}

std::filesystem::path presets_folder() { return modules_folder() / "presets"; }

void complain(const std::string& what, const std::string& hint) {
  constexpr std::size_t kLongest = std::size_t{64} << 10U;
  std::fprintf(stderr, "cupel: %s\n", quote(what, kLongest).c_str());
  if (!hint.empty()) std::fprintf(stderr, "       %s\n", quote(hint, kLongest).c_str());
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(Code::kUsage, "standard output cannot be written",
                "is the disk full, or the pipe closed?");
  }
}

}  // namespace cupel::cli
