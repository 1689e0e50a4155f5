#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/clean_scores.h"
#include "reports/run_report.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct LeakageFlags {
  std::string store;
  reports::RunChoice choice;
  ScoringOptions scoring;
  std::string format;
};

reports::Cell number(const std::optional<double>& value) {
  return value ? reports::Cell(*value) : reports::Cell();
}

void add_rows(results::Store& store, const results::Run& run, const LeakageFlags& flags,
              reports::Table& table) {
  const auto protocols = store.protocols();
  for (const results::Measurement& measurement : store.measurements(run)) {
    const auto protocol =
        std::ranges::find(protocols, measurement.protocol_key, &results::StoredProtocol::key);
    const auto& wanted = flags.choice.protocols;
    if (!measurement.score || (!wanted.empty() && !std::ranges::contains(wanted, protocol->name)))
      continue;
    for (const CleanScore& clean :
         clean_scores(store, run, *protocol, measurement, flags.scoring)) {
      table.rows.push_back(
          {run.cell.model, run.cell.task, run.cell.dataset, run.cell.split,
           run.cell.seed ? reports::Cell(*run.cell.seed) : reports::Cell(), measurement.metric,
           number(measurement.score->value), static_cast<std::int64_t>(measurement.score->n),
           clean.kind, static_cast<std::int64_t>(clean.seen), number(clean.value),
           number(clean.low), number(clean.high), static_cast<std::int64_t>(clean.n),
           protocol->name, measurement.signature});
    }
  }
}

int leakage(const LeakageFlags& flags) {
  results::Store store(flags.store);
  using For = reports::Column::For;
  reports::Table table{.id = "scores",
                       .title = {},
                       .columns = {{"model", "model"},
                                   {"task", "task"},
                                   {"dataset", "data set"},
                                   {"split", "split", For::kMachines},
                                   {"seed", "seed"},
                                   {"metric", "metric"},
                                   {"value", "all"},
                                   {"n", "n"},
                                   {"overlap", "without the same"},
                                   {"seen", "left out"},
                                   {"clean_value", "clean"},
                                   {"clean_low", "low"},
                                   {"clean_high", "high"},
                                   {"clean_n", "n"},
                                   {"protocol", "protocol"},
                                   {"signature", "signature", For::kMachines}},
                       .rows = {},
                       .notes = {}};
  for (const results::Run& run : reports::choose_runs(store, flags.choice)) {
    if (run.complete()) add_rows(store, run, flags, table);
  }
  if (table.rows.empty()) {
    throw Error(Code::kUsage, flags.store + ": nothing is known of training data here",
                "'cupel run' compares evaluation molecules with those of training; imported runs "
                "have none");
  }
  table.notes = {
      "inchikey: the same molecule; skeleton: the same but for stereo, salts and protons; "
      "scaffold: "
      "the same rings and linkers. Shared with a training molecule of the run's own data set, or "
      "of one of the stages in which its model was trained."};
  print(reports::print_tables(std::vector{table}, flags.format));
  return 0;
}

}  // namespace

void add_leakage(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<LeakageFlags>();
  CLI::App* command = app.add_subcommand(
      "leakage", "scores without the examples whose molecules occur in training");
  add_store_flag(*command, flags->store)->required();
  add_run_flags(*command, flags->choice);
  with_variable(command
                    ->add_option("--resamples", flags->scoring.resamples,
                                 "bootstrap draws for the intervals; 0: none (default 1000)")
                    ->check(CLI::Range(0, 1000000))
                    ->option_text("N"));
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Examples:\n"
      "  cupel leakage --store mini-baselines.db --task captioning\n"
      "  cupel leakage --store mini-baselines.db --format csv");
  command->callback([flags, &chosen] { chosen.action = [flags] { return leakage(*flags); }; });
}

}  // namespace cupel::cli
