#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/alignment_controls.h"
#include "reports/run_report.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct AlignmentFlags {
  std::string store;
  reports::RunChoice choice;
  ControlOptions options;
  std::string format;
};

void add_rows(results::Store& store, const results::Run& run, const AlignmentFlags& flags,
              reports::Table& table) {
  const auto protocols = store.protocols();
  for (const results::Measurement& measurement : store.measurements(run)) {
    const auto protocol =
        std::ranges::find(protocols, measurement.protocol_key, &results::StoredProtocol::key);
    const auto& wanted = flags.choice.protocols;
    if (!measurement.score || (!wanted.empty() && !std::ranges::contains(wanted, protocol->name)))
      continue;
    const auto scores = controlled_scores(store, run, measurement, flags.options);
    for (const ControlledScore& score : scores) {
      table.rows.push_back({run.cell.model, run.cell.task, run.cell.dataset, run.cell.split,
                            run.cell.seed ? reports::Cell(*run.cell.seed) : reports::Cell(),
                            measurement.metric, score.value, score.control, score.chance,
                            score.value - score.chance, score.p, static_cast<std::int64_t>(score.n),
                            protocol->name, measurement.signature});
    }
  }
}

int audit_alignment(const AlignmentFlags& flags) {
  results::Store store(flags.store);
  using For = reports::Column::For;
  reports::Table table{.id = "controls",
                       .title = {},
                       .columns = {{"model", "model"},
                                   {"task", "task"},
                                   {"dataset", "data set"},
                                   {"split", "split", For::kMachines},
                                   {"seed", "seed"},
                                   {"metric", "metric"},
                                   {"value", "value"},
                                   {"control", "control"},
                                   {"chance", "of the control"},
                                   {"difference", "difference"},
                                   {"p", "p"},
                                   {"n", "n"},
                                   {"protocol", "protocol"},
                                   {"signature", "signature", For::kMachines}},
                       .rows = {},
                       .notes = {}};
  for (const results::Run& run : reports::choose_runs(store, flags.choice)) {
    if (run.complete()) add_rows(store, run, flags, table);
  }
  if (table.rows.empty()) {
    throw Error(Code::kUsage, flags.store + ": no score of alignment",
                "run the task fragment-alignment with a model that aligns, such as atomas");
  }
  table.notes = {
      "shuffled: the tokens of each side in random order; rotated: the sets moved along the "
      "tokens, "
      "neighbours together; rematched: the same sets, matched with others. Always within one "
      "example. p: one-sided permutation test over examples that the value is above its control."};
  print(reports::print_tables(std::vector{table}, flags.format));
  return 0;
}

}  // namespace

void add_audit_alignment(CLI::App& audit, Chosen& chosen) {
  auto flags = std::make_shared<AlignmentFlags>();
  CLI::App* command = audit.add_subcommand(
      "alignment", "set scores of fragment alignment beside their controls, with p-values");
  add_store_flag(*command, flags->store)->required();
  add_run_flags(*command, flags->choice);
  with_variable(command
                    ->add_option("--trials", flags->options.trials,
                                 "random signs of the test (default 10000)")
                    ->check(CLI::Range(1, 1000000))
                    ->option_text("N"));
  with_variable(command->add_option("--seed", flags->options.seed, "of the trials (default 1)")
                    ->option_text("N"));
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Examples:\n"
      "  cupel audit alignment --store mini.db\n"
      "  cupel audit alignment --store mini.db --run atomas --format csv\n"
      "Only the store is read. Exit status 0 whatever p is.");
  command->callback(
      [flags, &chosen] { chosen.action = [flags] { return audit_alignment(*flags); }; });
}

}  // namespace cupel::cli
