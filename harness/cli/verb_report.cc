#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/paper_tables.h"
#include "reports/paper_report.h"
#include "reports/run_report.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct ReportFlags {
  std::string store;
  reports::RunChoice choice;
  std::string format;
  bool paper = false;
  ComparisonOptions tests;
};

void print_as_paper(results::Store& store, const ReportFlags& flags) {
  if (flags.format != "md" && flags.format != "latex")
    throw Error(Code::kUsage, "--paper prints --format md or latex",
                "other formats have every score without it");
  const auto tables = paper_tables(store, flags.choice, flags.tests);
  if (tables.empty()) complain("no scores that papers print", "cupel score --store " + flags.store);
  print(reports::print_paper_tables(tables, flags.format));
}

int report(const ReportFlags& flags) {
  results::Store store(flags.store);
  if (flags.paper || flags.format == "latex")
    print_as_paper(store, flags);
  else
    print_scores(store, flags.choice, flags.format);
  std::size_t incomplete = 0;
  for (const results::Run& run : reports::choose_runs(store, flags.choice))
    incomplete += run.complete() ? 0 : 1;
  if (incomplete == 0) return 0;
  std::fprintf(stderr, "cupel: %zu of the runs are incomplete and have no scores here\n",
               incomplete);
  return static_cast<int>(Code::kIncomplete);
}

}  // namespace

void print_scores(results::Store& store, const reports::RunChoice& choice,
                  const std::string& format) {
  const bool people = format == "text" || format == "md";
  const auto tables = reports::score_tables(store, choice, people);
  print(people && tables.empty() ? "no scores; 'cupel score --store' adds some\n"
                                 : reports::print_tables(tables, format));
}

void add_report(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* command = app.add_subcommand("report", "show the scores that a store keeps");
  add_store_flag(*command, flags->store)->required();
  add_run_flags(*command, flags->choice);
  add_format(*command, flags->format, {"text", "md", "csv", "json", "latex"});
  with_variable(command->add_flag(
      "--paper", flags->paper,
      "with --format md: the tables that papers print, the best in bold (latex always is that)"));
  add_test_flags(*command, flags->tests);
  command->footer(
      "Examples:\n"
      "  cupel report --store runs.db\n"
      "  cupel report --store runs.db --task captioning --protocol molt5 --format csv\n"
      "  cupel report --store runs.db --protocol molt5 --format latex > tables.tex\n"
      "Tables for papers: retrieval, captioning, generation and properties, one row a model, mean "
      "and standard\n"
      "deviation over seeds or the interval of one; a dagger marks what a paired test on the same "
      "examples cannot\n"
      "tell from the best. Signatures, n and what was tested stand below.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return report(*flags); }; });
}

}  // namespace cupel::cli
