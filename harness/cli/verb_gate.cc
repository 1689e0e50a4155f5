#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/benchmark_file.h"
#include "harness/run/gate.h"
#include "harness/run/gate_rules.h"
#include "reports/gate_report.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct GateFlags {
  std::string baseline;
  std::string candidate;
  std::vector<std::filesystem::path> baseline_benchmarks;
  std::vector<std::filesystem::path> candidate_benchmarks;
  std::string rules;
  std::string inconclusive = "fail";
  std::string format;
};

/// Both sides of a pair are named, or neither.
template <typename Side>
bool both(const Side& baseline, const Side& candidate, const char* flags) {
  if (baseline.empty() != candidate.empty())
    throw Error(Code::kUsage, fmt::format("{} belong together, and one is missing", flags),
                "see: cupel gate --help");
  return !baseline.empty();
}

int gate(const GateFlags& flags) {
  const bool stores = both(flags.baseline, flags.candidate, "--baseline and --candidate");
  const bool times = both(flags.baseline_benchmarks, flags.candidate_benchmarks,
                          "--baseline-benchmarks and --candidate-benchmarks");
  if (!stores && !times)
    throw Error(Code::kUsage, "nothing to compare",
                "name two stores (--baseline, --candidate), or two files of Google Benchmark "
                "(--baseline-benchmarks, --candidate-benchmarks)");
  const GateRules rules = read_gate_rules(flags.rules);
  std::optional<results::Store> before, after;
  std::optional<BenchmarkFile> times_before, times_after;
  GateSides sides;
  if (stores) {
    sides.baseline = &before.emplace(flags.baseline);
    sides.candidate = &after.emplace(flags.candidate);
  }
  if (times) {
    sides.baseline_times = &times_before.emplace(read_benchmark_files(flags.baseline_benchmarks));
    sides.candidate_times = &times_after.emplace(read_benchmark_files(flags.candidate_benchmarks));
  }
  const GateResult result = run_gate(sides, rules, flags.inconclusive == "pass");
  const bool people = flags.format == "text" || flags.format == "md";
  print(reports::print_tables(reports::gate_tables(result, people), flags.format));
  return result.status;
}

void add_sides(CLI::App& command, GateFlags& flags) {
  const auto file = [&](const char* name, auto& value, const char* what) {
    with_variable(command.add_option(name, value, what)->option_text("FILE"));
  };
  file("--baseline", flags.baseline, "the store to compare with");
  file("--candidate", flags.candidate, "the store that must not be worse");
  file("--baseline-benchmarks", flags.baseline_benchmarks,
       "times to compare with: JSON of Google Benchmark, one file or, measured in turns, several");
  file("--candidate-benchmarks", flags.candidate_benchmarks, "times that must not be longer");
  with_variable(command
                    .add_option("--rules", flags.rules,
                                "what is tolerated (JSON; see: cupel schema gate, and "
                                "tasks/gates/default.json)")
                    ->option_text("FILE")
                    ->required());
}

}  // namespace

void add_gate(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<GateFlags>();
  CLI::App* command = app.add_subcommand(
      "gate", "has a store or a benchmark become worse: yes, no, or cannot tell");
  add_sides(*command, *flags);
  with_variable(command
                    ->add_option("--inconclusive", flags->inconclusive,
                                 "what becomes of 'cannot tell': fail (default, status 3) or pass "
                                 "(status 0)")
                    ->check(CLI::IsMember({"fail", "pass"}))
                    ->option_text("WHAT"));
  add_format(*command, flags->format, {"text", "md", "csv", "json"});
  command->footer(
      "Examples:\n"
      "  cupel gate --baseline main.db --candidate branch.db --rules tasks/gates/default.json\n"
      "  cupel gate --baseline-benchmarks a.json --candidate-benchmarks b.json --rules "
      "tasks/gates/default.json\n"
      "Exit status: 0 pass, 1 a regression, 3 inconclusive, 4 incomplete (what the baseline has is "
      "missing).\n"
      "A change that is meant: cupel annotate. Both stores are only read. Tables: rows, "
      "calibration, gate; CSV\n"
      "holds the first.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return gate(*flags); }; });
}

}  // namespace cupel::cli
