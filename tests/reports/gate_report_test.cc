#include "reports/gate_report.h"

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

GateResult found() {
  GateRow drop{.subject = {.model = "m",
                           .task = "generation",
                           .dataset = "set",
                           .split = "test",
                           .seed = 3,
                           .protocol = "cupel",
                           .metric = "morgan",
                           .benchmark = {},
                           .unit = {}},
               .baseline_n = 500,
               .candidate_n = 500,
               .baseline = 0.5,
               .candidate = 0.45,
               .difference = -0.05,
               .low = -0.06,
               .high = -0.04,
               .p = 0.001,
               .p_adjusted = 0.002,
               .detectable = 0.0123,
               .tolerance = 0.01,
               .minimum_effect = 0.005,
               .answer = GateAnswer::kRegression,
               .reason = "worse",
               .signature = "morgan|…"};
  GateRow same{.subject = drop.subject, .difference = 0.0, .reason = "identical", .signature = {}};
  GateRow time{.subject = {.metric = "real-time", .benchmark = "decode", .unit = "ms"},
               .answer = GateAnswer::kIncomplete,
               .reason = "gone",
               .signature = {}};
  return {.rules = "r.json",
          .tests = 2,
          .rows = {drop, same, time},
          .calibrations = {{.kind = "scores",
                            .pairs = 1000,
                            .alarms = 41,
                            .low = 0.0296,
                            .high = 0.0552,
                            .nominal = 0.05,
                            .how = "swaps"}},
          .notes = {"a note"},
          .answer = GateAnswer::kIncomplete,
          .status = 4};
}

}  // namespace

TEST_CASE("a gate's table for people leaves identical rows out and ends with the answer") {
  const auto tables = reports::gate_tables(found(), true);
  const std::string text = reports::print_tables(tables, "text");
  CHECK_THAT(text, ContainsSubstring("generation, m, set, seed 3  cupel") &&
                       ContainsSubstring("-0.0500") && ContainsSubstring("0.0123") &&
                       ContainsSubstring("regression"));
  CHECK_THAT(text, ContainsSubstring("1 scores are of identical predictions"));
  CHECK_THAT(text,
             ContainsSubstring("41 of 1000 pairs give a false alarm, 4.1 % [3, 5.5], nominal 5 %"));
  CHECK_THAT(text, ContainsSubstring("a note\n"));
  CHECK_THAT(text, EndsWith("incomplete: 1 pass, 1 regression, 1 incomplete (exit status 4)\n"));
}

TEST_CASE("a gate's tables for machines have every row, the calibration and the status") {
  const auto tables = reports::gate_tables(found(), false);
  const std::string json = reports::print_tables(tables, "json");
  CHECK_THAT(json, ContainsSubstring("\"answer\": \"incomplete\"") &&
                       ContainsSubstring("\"status\": 4") && ContainsSubstring("\"alarms\": 41"));
  const std::string csv = reports::print_tables(tables, "csv");
  CHECK_THAT(csv,
             ContainsSubstring("task,model,dataset,split,seed,benchmark,protocol,metric,unit"));
  CHECK_THAT(csv, ContainsSubstring("\n,,,,,decode,,real-time,ms,higher,,"));
  CHECK(std::ranges::count(csv, '\n') == 4);
}
