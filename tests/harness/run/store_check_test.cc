#include "harness/run/store_check.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/store_scoring.h"
#include "metrics/retrieval/rank_text.h"
#include "tests/harness/run/section_runs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::tamper;

StoreCheck checked(const std::filesystem::path& path) {
  results::Store store(path);
  return check_store(store);
}

}  // namespace

TEST_CASE("A store is as it was written, whether complete or not") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  const StoreCheck fresh = checked(dir / "s.db");
  CHECK(fresh.problems.empty());
  CHECK(fresh.predictions == 50);
  CHECK(fresh.scores == 0);
  test::score_under_cupel(dir / "s.db");
  test::import_into(dir / "s.db", 50, 1);
  const StoreCheck scored = checked(dir / "s.db");
  CHECK(scored.problems.empty());
  CHECK(scored.runs == 2);
  CHECK(scored.scores == 7);
  CHECK(scored.content != fresh.content);
  tamper(dir / "s.db", "DELETE FROM run_end WHERE run_id = 2");
  const StoreCheck interrupted = checked(dir / "s.db");
  CHECK(interrupted.problems.empty());
  CHECK(interrupted.incomplete == 1);
}

TEST_CASE("A changed example of an interrupted run is found once all its examples are there") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  tamper(dir / "s.db", "DELETE FROM run_end");
  CHECK(checked(dir / "s.db").problems.empty());
  tamper(dir / "s.db", "UPDATE example_set SET digest = zeroblob(32)");
  REQUIRE(checked(dir / "s.db").problems.size() == 1);
  CHECK_THAT(checked(dir / "s.db").problems.front().what, ContainsSubstring("Merkle root"));
}

TEST_CASE("Every change of a fact is found, and named") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE prediction SET text = text || 'C' WHERE position = 17", "prediction 17"},
      {"UPDATE prediction SET digest = zeroblob(32) WHERE position = 3", "prediction 3"},
      {"DELETE FROM prediction WHERE position = 49", "49 of 50"},
      {"DELETE FROM prediction WHERE position = 20", "prediction 21"},
      {"UPDATE prediction SET position = 50 WHERE position = 49", "prediction 50"},
      {"INSERT INTO prediction SELECT run_id, 50, digest, text FROM prediction LIMIT 1",
       "51 of 50"},
      {"UPDATE example SET reference = 'C' WHERE position = 8", "example 8"},
      {"UPDATE example SET input = '' WHERE position = 9", "example 9"},
      {"DELETE FROM example WHERE position = 0", "example 1"},
      {"UPDATE example_set SET digest = zeroblob(32)", "Merkle root"},
      {"UPDATE run_end SET predictions = zeroblob(32)", "Merkle root"},
      {"UPDATE cell SET config = '{}'", "configuration"},
      {"UPDATE protocol SET body = replace(body, 'as-named', 'swapped')", "its text was changed"},
      {"UPDATE score SET value = value + 1e-15 WHERE measurement_id = 2", "exact|"},
      {"UPDATE score SET n = n + 1 WHERE measurement_id = 3", "levenshtein|"},
      {"UPDATE score SET value = NULL, reason = 'lost' WHERE measurement_id = 1", "bleu|"},
      {"UPDATE statistic SET numbers = zeroblob(length(numbers)) WHERE measurement_id = 4",
       "validity|"},
      {"UPDATE statistic SET numbers = x'00' WHERE measurement_id = 4", "of another size"},
      {"DELETE FROM statistic WHERE measurement_id = 5 AND place = 1", "statistics are missing"},
      {"UPDATE measurement SET signature_long = 'metric:bleu' WHERE id = 1", "were changed"},
      {"UPDATE measurement SET metric = 'maccs' WHERE id = 6", "were changed"},
      {"DELETE FROM protocol", "refers to a row of protocol"},
      {"UPDATE planned SET config = '{}' WHERE position = 1", "plan sweep: the configuration of"},
      {"UPDATE planned SET digest = zeroblob(32) WHERE position = 2", "its cell 2 was changed"},
      {"UPDATE planned SET model = 'other'", "plan sweep: its cells were changed"},
      {"UPDATE planned SET seed = NULL WHERE position = 0", "its cells were changed"},
      {"UPDATE planned SET reason = 'never'", "its cells were changed"},
      {"DELETE FROM planned WHERE position = 2", "its cells were changed"},
      {"UPDATE planned SET position = 9 WHERE position = 0", "its cells were changed"},
      {"UPDATE plan SET digest = zeroblob(32)", "its cells were changed"},
      {"UPDATE overlap SET seen = zeroblob(49)", "overlap (scaffold) of the examples"},
  };
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  test::score_under_cupel(dir / "s.db");
  test::plan_in(dir / "s.db", test::plan_of(3, 50));
  {
    results::StoreWriter store(dir / "s.db", false, "{}");
    results::Transaction all(store.database());
    store.put_overlap({.examples = store.runs().front().examples,
                       .kind = "scaffold",
                       .seen = std::vector<bool>(50)});
    all.commit();
  }
  CHECK(checked(dir / "s.db").problems.empty());
  for (const auto& [change, expected] : changes) {
    const auto copy = dir / "changed.db";
    std::filesystem::copy_file(dir / "s.db", copy,
                               std::filesystem::copy_options::overwrite_existing);
    tamper(copy, change);
    const StoreCheck found = checked(copy);
    INFO(change);
    REQUIRE_FALSE(found.problems.empty());
    CHECK_THAT(found.problems.front().what, ContainsSubstring(expected));
  }
}

TEST_CASE(
    "Sizes and columns that somebody wrote into the file take no memory and reach no metric") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  test::score_under_cupel(dir / "s.db");
  for (const char* change :
       {"UPDATE example_set SET size = 4611686018427387904",
        "UPDATE example_set SET size = 9223372036854775807",
        "UPDATE measurement SET columns = '[]'", "UPDATE measurement SET columns = '{}'",
        "UPDATE measurement SET columns = '[\"\"]'", "UPDATE measurement SET columns = '7'"}) {
    const auto copy = dir / "changed.db";
    std::filesystem::copy_file(dir / "s.db", copy,
                               std::filesystem::copy_options::overwrite_existing);
    tamper(copy, change);
    INFO(change);
    CHECK_FALSE(checked(copy).problems.empty());
  }
  const auto not_utf8 = dir / "not_utf8.db";
  std::filesystem::copy_file(dir / "s.db", not_utf8);
  tamper(not_utf8, "UPDATE measurement SET columns = CAST(x'5b22ff225d' AS TEXT)");
  CHECK_THROWS_AS(checked(not_utf8), Error);
  const auto infinite = dir / "infinite.db";
  std::filesystem::copy_file(dir / "s.db", infinite);
  tamper(infinite, "UPDATE score SET value = 9e999");
  CHECK_THROWS_AS(checked(infinite), Error);
  // With a digest that fits, too: one column more, whose numbers are those of another.
  tamper(
      dir / "s.db",
      "UPDATE measurement SET columns = '[\"\",\"n\",\"x\"]' WHERE id = 2; INSERT INTO statistic "
      "SELECT measurement_id, block, 2, numbers FROM statistic WHERE measurement_id = 2 AND "
      "place = 1");
  {
    results::Store store(dir / "s.db");
    const results::Run run = store.runs().front();
    const results::Measurement measurement = store.measurements(run).at(1);
    const Digest forged =
        results::score_digest(run, store.protocols().front(), measurement,
                              store.statistics(run, measurement), *measurement.score);
    tamper(dir / "s.db",
           "UPDATE score SET digest = x'" + to_hex(forged) + "' WHERE measurement_id = 2");
  }
  const StoreCheck found = checked(dir / "s.db");
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems.front().what, ContainsSubstring("the statistics give another score"));
}

TEST_CASE("A forged digest does not help: the score itself is computed again") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 0);
  test::score_under_cupel(dir / "s.db");
  {
    results::Store store(dir / "s.db");
    const results::Run run = store.runs().front();
    results::Measurement measurement = store.measurements(run).at(1);
    measurement.score->value = 0.99;
    const Digest forged =
        results::score_digest(run, store.protocols().front(), measurement,
                              store.statistics(run, measurement), *measurement.score);
    tamper(dir / "s.db", "UPDATE score SET value = 0.99, digest = x'" + to_hex(forged) +
                             "' WHERE measurement_id = 2");
  }
  const StoreCheck found = checked(dir / "s.db");
  REQUIRE(found.problems.size() == 1);
  CHECK_THAT(found.problems.front().what, ContainsSubstring("the statistics give another score"));
}

TEST_CASE("An altered rank and an altered score of ranks are found") {
  for (const auto& [change, found] :
       {std::pair{"UPDATE prediction SET text = replace(text, ':4,', ':0,') WHERE position = 5",
                  "prediction 5: its text was changed"},
        std::pair{"UPDATE score SET value = value + 0.125", "the score or its statistics"}}) {
    const test::TempDir dir;
    {
      results::StoreWriter store(dir / "s.db", true, "{}");
      std::vector<results::Row> rows;
      for (std::uint32_t i = 0; i < 20; ++i) {
        const std::vector<metrics::TieRank> ranks = {{.better = 3 + i % 2, .candidates = 20}};
        rows.push_back({.input = std::to_string(i), .prediction = metrics::write_ranks(ranks, {})});
      }
      const auto run =
          test::add_texts(store, {.model = "m", .task = "text-to-molecule-retrieval"}, rows);
      Scorer scorer(metrics::find_protocol("atomas"), run.cell.task, {}, {.resamples = 0});
      (void)score_run(store, run, scorer, {.resamples = 0});
    }
    CHECK(checked(dir / "s.db").problems.empty());
    tamper(dir / "s.db", change);
    const StoreCheck altered = checked(dir / "s.db");
    REQUIRE_FALSE(altered.problems.empty());
    CHECK_THAT(altered.problems[0].what, ContainsSubstring(found));
  }
}
