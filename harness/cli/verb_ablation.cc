#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/ablation.h"
#include "reports/ablation_report.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct AblationFlags {
  std::string store;
  std::string format;
  AblationOptions options;
};

int ablation(const AblationFlags& flags) {
  results::Store store(flags.store);
  const Ablation found = ablate(store, flags.options);
  const bool people = flags.format == "text" || flags.format == "md";
  print(reports::print_tables(reports::ablation_tables(found, people), flags.format));
  const auto incomplete = std::ranges::count(found.gaps, true, &AblationGap::incomplete);
  if (incomplete == 0) return 0;
  complain(std::to_string(incomplete) + " cells of the plan are incomplete or not scored",
           "run the manifest again, and 'cupel score --store " + flags.store + "'");
  return static_cast<int>(Code::kIncomplete);
}

}  // namespace

void add_ablation(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<AblationFlags>();
  CLI::App* command = app.add_subcommand(
      "ablation", "what each setting does: the variants of a plan against one of them");
  AblationOptions& options = flags->options;
  add_store_flag(*command, flags->store)->required();
  with_variable(
      command->add_option("--plan", options.plan, "by id or name (default: the one made last)")
          ->option_text("ID"));
  with_variable(command
                    ->add_option("--reference", options.reference,
                                 "the variant that the others are compared with (default: the one "
                                 "that differs from the most others in exactly one setting)")
                    ->option_text("NAME"));
  add_run_task_flag(*command, options.task);
  with_variable(command->add_option("--protocol", options.tests.protocol, "by name (default: all)")
                    ->option_text("P"));
  add_metric_flag(*command, options.tests.metrics, "repeatable (default: all)");
  add_test_flags(*command, options.tests);
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Examples:\n"
      "  cupel run sweep.json --store sweep.db       # {\"model\": \"atomas\", \"grid\": "
      "{\"levels\": "
      "[3, 2, 1, 0]}}, seeds 1 to 5\n"
      "  cupel ablation --store sweep.db\n"
      "  cupel ablation --store sweep.db --reference atomas --task captioning --metric bleu-4 "
      "--format json\n"
      "A row says what turning one switch (levels: 3 -> 1) did, on the same examples and seeds. "
      "With "
      "several\n"
      "seeds the interval is of other seeds and other examples; with one seed of other examples "
      "only.\n"
      "Only the store is read. Tables: effects, switches, seeds, gaps; CSV holds the first. Exit "
      "status 4: cells\n"
      "of the plan are missing or not scored; the rest is printed all the same.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return ablation(*flags); }; });
}

}  // namespace cupel::cli
