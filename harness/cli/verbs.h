/// The sub-commands. Each declares its flags and leaves behind what to do when it is chosen.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/comparison.h"
#include "harness/run/scoring.h"
#include "reports/run_report.h"
#include "results/store.h"
#include "tasks/dataset.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cupel::cli {

/// What the program does after its arguments were read. The result is the exit status.
using Action = std::function<int()>;

/// Set by the callback of the chosen sub-command.
struct Chosen {
  Action action;
};

void add_ablation(CLI::App& app, Chosen& chosen);
void add_annotate(CLI::App& app, Chosen& chosen);
void add_audit(CLI::App& app, Chosen& chosen);
/// `invariance`, below `audit`.
void add_audit_invariance(CLI::App& audit, Chosen& chosen);
/// `alignment`, below `audit`.
void add_audit_alignment(CLI::App& audit, Chosen& chosen);
void add_bench(CLI::App& app, Chosen& chosen);
void add_certify(CLI::App& app, Chosen& chosen);
void add_compare(CLI::App& app, Chosen& chosen);
void add_data(CLI::App& app, Chosen& chosen);
/// `synth`, below `data`.
void add_data_synth(CLI::App& data, Chosen& chosen);
void add_doctor(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_gate(CLI::App& app, Chosen& chosen);
void add_import(CLI::App& app, Chosen& chosen);
void add_leakage(CLI::App& app, Chosen& chosen);
void add_ledger(CLI::App& app, Chosen& chosen);
void add_list(CLI::App& app, Chosen& chosen);
void add_merge(CLI::App& app, Chosen& chosen);
void add_plan(CLI::App& app, Chosen& chosen);
void add_replay(CLI::App& app, Chosen& chosen);
void add_report(CLI::App& app, Chosen& chosen);
void add_run(CLI::App& app, Chosen& chosen);
void add_schema(CLI::App& app, Chosen& chosen);
void add_score(CLI::App& app, Chosen& chosen);
void add_show(CLI::App& app, Chosen& chosen);
void add_verify(CLI::App& app, Chosen& chosen);

/// Gives an option its environment variable: --t5-pieces reads CUPEL_T5_PIECES. Returns the option.
CLI::Option* with_variable(CLI::Option* option);

/// --format with the given values; the first one is the default.
CLI::Option* add_format(CLI::App& command, std::string& format,
                        const std::vector<std::string>& formats);

/// --store: the file that keeps runs and scores.
CLI::Option* add_store_flag(CLI::App& command, std::string& store);

/// --run, --task and --protocol: which scores of a store.
void add_run_flags(CLI::App& command, reports::RunChoice& choice);

/// The chosen scores of a store, on standard output.
void print_scores(results::Store& store, const reports::RunChoice& choice,
                  const std::string& format);

/// --task: one of those that prediction files have.
CLI::Option* add_task_flag(CLI::App& command, std::string& task);
/// Throws Error{kUsage} for another one.
void check_file_task(const std::string& task);

/// --task: which runs of a store; what tasks it has, only the store knows.
CLI::Option* add_run_task_flag(CLI::App& command, std::string& task);

/// --metric, repeatable; `what` says what the chosen ones are for.
CLI::Option* add_metric_flag(CLI::App& command, std::vector<std::string>& metrics,
                             const std::string& what);

/// --resamples, --trials, --confidence and --seed: how differences between runs are tested.
void add_test_flags(CLI::App& command, ComparisonOptions& options);

/// --data, --wordpiece, --t5-pieces and --wordnet as the user gave them.
struct FileFlags {
  std::string data;
  std::string wordpiece;
  std::string t5_pieces;
  std::string wordnet = "/usr/share/wordnet";
};
void add_file_flags(CLI::App& command, FileFlags& flags);

/// The flags with everything that follows from them: a vocabulary below --data, the module beside
/// the program. Throws Error{kUsage} when a file that was named explicitly does not exist.
[[nodiscard]] ScoringFiles resolve(const FileFlags& flags);

/// The folder of the program's own plug-ins and modules.
[[nodiscard]] std::filesystem::path modules_folder();
/// Where the presets of this program's plug-ins lie.
[[nodiscard]] std::filesystem::path presets_folder();

/// --data and --suite: the folders that data sets are in.
struct DataFlags {
  std::string data;
  std::string suite;
};
void add_data_flags(CLI::App& command, DataFlags& flags);
void add_suite_flag(CLI::App& command, std::string& suite);

/// Throws Error{kUsage} when a folder of real sets was named and is not there. The suite's default
/// folder stands in the user's cache and is named after what the suite holds.
[[nodiscard]] tasks::DataRoots roots_of(const DataFlags& flags);

/// A message on one line of standard error, and its remedy (may be empty) on the next. What users
/// and files put into them does not disturb a terminal.
void complain(const std::string& what, const std::string& hint);

/// Writes to standard output. Throws Error{kUsage} when that fails (a full disk, a closed pipe).
void print(const std::string& text);

}  // namespace cupel::cli
