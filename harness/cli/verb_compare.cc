#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/comparison.h"
#include "harness/run/comparison.h"
#include "reports/comparison_report.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct CompareFlags {
  std::string baseline;
  std::string candidate;
  std::string store;
  std::string task;
  std::string format;
  ComparisonOptions options;
};

int compare(const CompareFlags& flags) {
  results::Store store(flags.store);
  const results::Run baseline = store.find_run(flags.baseline, flags.task);
  const results::Run candidate = store.find_run(flags.candidate, flags.task);
  const RunComparison comparison = compare_runs(store, baseline, candidate, flags.options);
  print(reports::print_tables(reports::comparison_tables(comparison), flags.format));
  return 0;
}

void add_what(CLI::App& command, CompareFlags& flags) {
  command.add_option("A", flags.baseline, "the baseline: a run's id or model")->required();
  command.add_option("B", flags.candidate, "the candidate: a run's id or model")->required();
  add_store_flag(command, flags.store)->required();
  add_run_task_flag(command, flags.task);
  with_variable(command
                    .add_option("--protocol", flags.options.protocol,
                                "a name or a protocol file (default: all under which both runs are "
                                "scored alike)")
                    ->option_text("P"));
  add_metric_flag(command, flags.options.metrics,
                  "metrics to compare (default: all); the first one ranks the examples");
  add_format(command, flags.format, {"text", "md", "csv", "json"});
}

void add_how(CLI::App& command, ComparisonOptions& options) {
  add_test_flags(command, options);
  with_variable(
      command.add_option("--top", options.top, "examples that moved most, each way (default 5)")
          ->check(CLI::Range(0, 1000))
          ->option_text("K"));
}

}  // namespace

void add_compare(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<CompareFlags>();
  CLI::App* command = app.add_subcommand(
      "compare", "compare a run of a store with a baseline on the same examples");
  add_what(*command, *flags);
  add_how(*command, flags->options);
  command->footer(
      "Examples:\n"
      "  cupel compare molt5-small molt5-large --store runs.db --task generation\n"
      "  cupel compare 13df8e9e2d41 9fd2d92b563d --store runs.db --metric morgan --format json\n"
      "Both runs must be scored: cupel score --store runs.db --protocol P. Only the store is "
      "read.\n"
      "Tables: metrics, examples, settings; CSV holds the first. Exit status 0 whatever differs.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return compare(*flags); }; });
}

}  // namespace cupel::cli
