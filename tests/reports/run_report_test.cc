#include "reports/run_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/import.h"
#include "reports/ledger.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using namespace cupel::reports;

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_CASE("Several seeds are one row for people: their mean and the deviation of the sample") {
  const test::TempDir dir;
  {
    results::StoreWriter store(dir / "s.db", true, "{}");
    for (const std::int64_t seed : {1, 2, 3}) {
      // The predictions of seed 3 are other ones.
      static_cast<void>(import_predictions(
          store, test::predictions(50, seed == 3 ? 1 : 0),
          {.model = "m", .task = "generation", .dataset = "made-up", .split = "test", .seed = seed},
          "{}"));
    }
  }
  test::score_under_cupel(dir / "s.db");
  results::Store store(dir / "s.db");
  const auto machines = score_tables(store, {}, false).at(0);
  std::vector<double> values;
  for (const auto& row : machines.rows) {
    if (std::get<std::string>(row[5]) == "levenshtein") values.push_back(std::get<double>(row[6]));
  }
  REQUIRE(values.size() == 3);
  REQUIRE(values[0] != values[2]);
  // Two equal values and a third one: sd = |difference| / sqrt(3).
  const double mean = (2 * values[0] + values[2]) / 3;
  const double deviation = std::abs(values[0] - values[2]) / std::sqrt(3.0);
  const std::string text = print_tables(score_tables(store, {}, true), "text");
  CHECK_THAT(text, ContainsSubstring(fmt::format("{:.4f}  sd {:.4f}, 3 seeds", mean, deviation)));
  CHECK(lines_of(text) < 20);
}

}  // namespace

TEST_CASE("Scores of a store are one row each for machines and tables by protocol for people") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  test::import_into(dir / "s.db", 50, 1);
  test::score_under_cupel(dir / "s.db");
  results::Store store(dir / "s.db");

  const std::string csv = print_tables(score_tables(store, {}, false), "csv");
  CHECK_THAT(csv, ContainsSubstring("model,task,dataset,split,seed,metric,value,low,high,n,"
                                    "protocol,signature\n"));
  CHECK_THAT(csv, ContainsSubstring("\nmodel-0,generation,made-up,test,,validity,0."));
  CHECK(lines_of(csv) == 1 + 2 * 7);
  CHECK(lines_of(print_tables(score_tables(store, {.runs = {"model-1"}}, false), "csv")) == 1 + 7);
  CHECK(lines_of(print_tables(score_tables(store, {.protocols = {"molt5"}}, false), "csv")) == 1);
  CHECK_THROWS_AS(score_tables(store, {.task = "captioning"}, true), Error);

  const auto tables = score_tables(store, {}, true);
  REQUIRE(tables.size() == 1);
  const std::string text = print_tables(tables, "text");
  CHECK_THAT(text, ContainsSubstring("generation on made-up test, protocol cupel"));
  CHECK_THAT(text, ContainsSubstring("95 % intervals from 100 bootstrap draws, seed 1"));
  CHECK_THAT(text, ContainsSubstring("\nvalidity|p:cupel.1|"));
  CHECK_THAT(text, !ContainsSubstring("seed  "));
}

TEST_CASE("Of several intervals the one with the most draws is shown, here and in the ledger") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  for (const std::size_t draws : {200, 300, 100})
    test::score_in(dir / "s.db", {.resamples = draws}, test::kDistanceProtocol);
  results::Store store(dir / "s.db");
  const auto intervals = store.measurements(store.runs().at(0)).at(0).intervals;
  REQUIRE(intervals.size() == 3);
  const auto most = std::ranges::max(intervals, {}, &results::StoredInterval::draws);
  CHECK(most.draws == 300);
  const auto row = score_tables(store, {}, false).at(0).rows.at(0);
  CHECK(std::get<double>(row.at(7)) == most.low);
  const ComputedCell cell = computed_cells(store).at(0);
  CHECK(cell.low == most.low);
  CHECK(cell.high == most.high);
  CHECK(cell.complete);
}

TEST_CASE("A selector must mean one run") {
  const test::TempDir dir;
  const results::Run run = test::import_into(dir / "s.db", 50, 0).run;
  test::import_into(dir / "s.db", 60, 0);
  results::Store store(dir / "s.db");
  CHECK(choose_runs(store, {.runs = {run.id().substr(0, 6)}}).front().key == run.key);
  CHECK_THROWS_AS(choose_runs(store, {.runs = {"model-0"}}), Error);
  CHECK_THROWS_AS(choose_runs(store, {.runs = {run.id().substr(0, 3)}}), Error);
  CHECK_THROWS_AS(choose_runs(store, {.runs = {run.id()}, .task = "captioning"}), Error);
  CHECK(choose_runs(store, {}).size() == 2);
}
