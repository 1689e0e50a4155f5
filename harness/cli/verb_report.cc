#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/ablation.h"
#include "harness/run/paper_tables.h"
#include "harness/run/scoring.h"
#include "harness/version.h"
#include "reports/html/html_report.h"
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

/// Of the plan that was made last; nothing, and why, where none can be made.
std::pair<std::optional<Ablation>, std::string> last_ablation(results::Store& store,
                                                              const ReportFlags& flags) {
  if (!flags.choice.runs.empty()) return {std::nullopt, "single runs were chosen, and no plan"};
  AblationOptions options{.task = flags.choice.task, .tests = flags.tests};
  if (flags.choice.protocols.size() == 1) options.tests.protocol = flags.choice.protocols.front();
  try {
    return {ablate(store, options), {}};
  } catch (const Error& error) {
    if (error.code() != Code::kUsage) throw;
    return {std::nullopt, error.what()};
  }
}

void print_page(results::Store& store, const ReportFlags& flags) {
  const auto [ablation, why_not] = last_ablation(store, flags);
  print(reports::html_report(store, {.choice = flags.choice,
                                     .ablation = ablation ? &*ablation : nullptr,
                                     .no_ablation = why_not,
                                     .sections = scoring_section,
                                     .program = std::string("cupel ") + kVersion}));
}

int report(const ReportFlags& flags) {
  results::Store store(flags.store);
  if (flags.paper || flags.format == "latex")
    print_as_paper(store, flags);
  else if (flags.format == "html")
    print_page(store, flags);
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
  add_format(*command, flags->format, {"text", "md", "csv", "json", "latex", "html"});
  with_variable(command->add_flag(
      "--paper", flags->paper,
      "with --format md: the tables that papers print, the best in bold (latex always is that)"));
  add_test_flags(*command, flags->tests);
  command->footer(
      "Examples:\n"
      "  cupel report --store runs.db\n"
      "  cupel report --store runs.db --format html > report.html    # one page, for any browser\n"
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
