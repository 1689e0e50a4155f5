#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "reports/ledger.h"
#include "reports/ledger_report.h"
#include "results/published.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct LedgerFlags {
  std::string store;
  std::string paper;
  std::string format;
  bool attempted = false;
};

void check_paper(const std::string& paper) {
  std::vector<std::string> papers;
  for (const auto& cell : results::published_results().cells) {
    if (!std::ranges::contains(papers, cell.paper)) papers.push_back(cell.paper);
  }
  if (!paper.empty() && !std::ranges::contains(papers, paper))
    throw Error(Code::kUsage, "unknown paper '" + paper + "'", suggest(paper, papers));
}

int ledger(const LedgerFlags& flags) {
  check_paper(flags.paper);
  std::vector<reports::ComputedCell> computed;
  if (!flags.store.empty()) {
    results::Store store(flags.store);
    computed = reports::computed_cells(store);
  }
  const auto& [cells, reasons] = results::published_results();
  auto rows = reports::make_ledger(cells, computed, reasons);
  std::erase_if(rows, [&](const reports::LedgerRow& row) {
    return (!flags.paper.empty() && row.published.paper != flags.paper) ||
           (flags.attempted && row.status == reports::Status::kNotAttempted);
  });
  print(reports::print_tables(reports::ledger_report(rows, flags.format), flags.format));
  return 0;
}

}  // namespace

void add_ledger(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<LedgerFlags>();
  CLI::App* command = app.add_subcommand(
      "ledger", "set the scores of a store beside the numbers that papers printed");
  add_store_flag(*command, flags->store);
  with_variable(
      command->add_option("--paper", flags->paper, "only this paper's tables, e.g. molt5 or atomas")
          ->option_text("NAME"));
  with_variable(command
                    ->add_flag("--attempted", flags->attempted,
                               "leave out the cells for which the store has no run")
                    ->option_text(" "));
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "A run counts for a cell when its model, data set, split and task are called as here:\n"
      "  cupel ledger --format csv\n"
      "Statuses: equal (to the printed digits), within rounding, explained (equal under another\n"
      "protocol, as its whole printed row is), differs, not attempted, unknown.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return ledger(*flags); }; });
}

}  // namespace cupel::cli
