#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/plan_flags.h"
#include "harness/cli/screen.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/run/environment.h"
#include "harness/run/throughput.h"
#include "reports/table.h"
#include "reports/throughput.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

constexpr std::size_t kMostExamples = 1'000'000;
constexpr std::size_t kMostRepetitions = 10'000;

struct BenchFlags {
  PlanFlags plan;
  CellFlags cells;
  ThroughputRequest request{.cells = {}, .batches = {1, 32}};
  std::string out;
  unsigned jobs = 0;
  DataFlags data;
  std::string format;
};

/// Of the chosen cells, those whose run is complete. Tells how many are not.
std::vector<std::size_t> complete_cells(results::Store& store, const Plan& plan,
                                        std::vector<std::size_t> cells) {
  const std::size_t wanted = cells.size();
  std::erase_if(cells, [&](std::size_t place) {
    const auto run = store.run_of(plan.cells()[place].cell.digest());
    return !run || !run->complete();
  });
  if (cells.empty()) {
    throw Error(Code::kIncomplete,
                fmt::format("{}: none of the {} cells is done", store.path().string(), wanted),
                "run the manifest into this store first: cupel run");
  }
  if (cells.size() < wanted) {
    std::fprintf(stderr, "%s: %zu of %zu cells are not done, and left out\n", store.path().c_str(),
                 wanted - cells.size(), wanted);
  }
  return cells;
}

void keep(results::StoreWriter& store, const Plan& plan, const BenchFlags& flags,
          const Throughput& measured) {
  store.record_as_of(environment_facts(plan, flags.request.cells, flags.jobs), results::utc_now());
  results::Transaction all(store.database());
  for (const results::Timing& timing : measured.timings) store.put_timing(timing);
  all.commit();
}

/// What was measured now, as it stands in the store.
void print_measured(results::Store& store, const Throughput& measured, const std::string& format) {
  if (format == "json") return print(measured.json);
  std::set<Digest> cells;
  for (const results::Timing& timing : measured.timings) cells.insert(timing.cell);
  std::vector<results::Run> runs = store.runs();
  std::erase_if(runs, [&](const results::Run& run) { return !cells.contains(run.digest); });
  const auto rows = reports::throughput_rows(runs, measured.timings);
  print(reports::print_tables(std::vector{reports::throughput_table(rows)}, format));
}

int bench(const BenchFlags& given) {
  chem::silence_rdkit();
  BenchFlags flags = given;
  const auto plan = make_plan(flags.plan);
  const std::string path = store_of(flags.plan, *plan);
  const RunResources resources{.data = roots_of(flags.data),
                               .files = {},
                               .jobs = flags.jobs,
                               .artifacts = artifacts_of(flags.plan, *plan)};
  results::StoreWriter store(path, false, environment_facts());
  const std::vector<std::size_t> chosen = chosen_cells(*plan, flags.cells);
  flags.request.cells = complete_cells(store, *plan, chosen);
  ensure_suite(*plan, flags.request.cells, resources.data);
  Screen screen;
  await_signals();
  const Throughput measured = measure_throughput(store, *plan, flags.request, resources, screen);
  if (measured.interrupted) {
    std::fprintf(stderr, "cupel: interrupted; nothing was kept\n");
    return interrupted_status();
  }
  keep(store, *plan, flags, measured);
  print_measured(store, measured, flags.format);
  for (const std::string& failure : measured.failures) complain(failure, "");
  if (!flags.out.empty()) write_file(flags.out, measured.json);
  if (!measured.failures.empty()) return static_cast<int>(Code::kCheckFailed);
  return flags.request.cells.size() < chosen.size() ? static_cast<int>(Code::kIncomplete) : 0;
}

void add_request_flags(CLI::App& command, ThroughputRequest& request) {
  with_variable(command
                    .add_option("--batch", request.batches,
                                "examples in a call; may be given several times (default: 1, 32)")
                    ->check(CLI::Range(std::size_t{1}, kMostExamples))
                    ->option_text("N"));
  with_variable(command
                    .add_option("--examples", request.examples,
                                "of each run, the first ones: what a pass answers (default: 64)")
                    ->check(CLI::Range(std::size_t{1}, kMostExamples))
                    ->option_text("N"));
  with_variable(command
                    .add_option("--repetitions", request.repetitions,
                                "of each benchmark, all of them in turns (default: 10)")
                    ->check(CLI::Range(std::size_t{1}, kMostRepetitions))
                    ->option_text("N"));
  with_variable(command
                    .add_option("--min-time", request.least_seconds,
                                "seconds of a repetition: as many passes as it takes (default: "
                                "0.1)")
                    ->check(CLI::Range(0.001, 3600.0))
                    ->option_text("S"));
}

}  // namespace

void add_bench(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = app.add_subcommand(
      "bench", "time how the models of a manifest answer, with every answer checked meanwhile");
  add_plan_flags(*command, flags->plan);
  add_cell_flags(*command, flags->cells);
  add_request_flags(*command, flags->request);
  with_variable(command
                    ->add_option("--out", flags->out,
                                 "where Google Benchmark's JSON goes, for its own tools and for "
                                 "'cupel gate'")
                    ->option_text("FILE"));
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_data_flags(*command, flags->data);
  add_format(*command, flags->format, {"text", "json", "csv", "md"});
  command->footer(
      "Examples:\n"
      "  cupel run tasks/manifests/mini.json --store mini.db\n"
      "  cupel bench tasks/manifests/mini.json --store mini.db\n"
      "  cupel bench mine.json --model atomas --task captioning --batch 1 --batch 64\n"
      "What was run before is timed: its trained stages are loaded (what learns without stages\n"
      "learns again), a pass that does not count warms up, then all benchmarks take turns in\n"
      "random order. A call is timed from inputs to answers as the store keeps them, so that a\n"
      "device has finished; a gallery was shown before. Every answer must be that of the run,\n"
      "numbers to 1e-5, or the benchmark has failed.\n"
      "Tokens, pads and FLOP are told by the model; what it does not tell is left out. FLOP are\n"
      "those of matrix products that the tokens ask for; their share is of what the same library\n"
      "reached in a large product on this machine, here and now. Memory is what loading and the\n"
      "first pass added. The store keeps every repetition; 'cupel report --format html' shows the\n"
      "last measurement.\n"
      "To compare two programs, run each several times in turns, with --repetitions 1 and a file\n"
      "of its own, and give all files to 'cupel gate'.\n"
      "Exit status: 0 done; 1 an answer was another one; 4 a cell is not done; 130 interrupted,\n"
      "nothing is kept.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return bench(*flags); }; });
}

}  // namespace cupel::cli
