#include "harness/run/store_scoring.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "metrics/protocol.h"
#include "results/prediction_file.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;

std::uint64_t bits(double number) { return std::bit_cast<std::uint64_t>(number); }

void check_equal(const std::optional<double>& one, const std::optional<double>& other) {
  REQUIRE(one.has_value() == other.has_value());
  if (one) CHECK(bits(*one) == bits(*other));
}

void check_equal(const std::vector<Score>& one, const std::vector<Score>& other) {
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    INFO(one[i].metric);
    CHECK(one[i].metric == other[i].metric);
    check_equal(one[i].value, other[i].value);
    check_equal(one[i].low, other[i].low);
    check_equal(one[i].high, other[i].high);
    CHECK(one[i].reason == other[i].reason);
    CHECK(one[i].n == other[i].n);
    CHECK(one[i].signature == other[i].signature);
    CHECK(one[i].signature_long == other[i].signature_long);
  }
}

std::vector<ScoringPair> pairs_of(const results::PredictionFile& file) {
  std::vector<ScoringPair> pairs;
  for (const auto& row : file.rows)
    pairs.push_back({.prediction = row.prediction, .reference = row.reference});
  return pairs;
}

/// Scores one file directly and through a store, under a built-in protocol.
void check_same_scores(const std::string& task, const results::PredictionFile& file) {
  chem::silence_rdkit();
  const test::TempDir dir;
  const ScoringFiles files{.wordnet = "/usr/share/wordnet"};
  const ScoringOptions options{.resamples = 60};
  Scorer direct(metrics::find_protocol("cupel"), task, files, options);
  const ScoredPairs expected = direct.score(pairs_of(file));
  results::StoreWriter store(dir / "s.db", true, "{}");
  const auto run = import_predictions(store, file, {.model = "m", .task = task}, "{}").run;
  Scorer scorer(metrics::find_protocol("cupel"), task, files, options);
  const StoredScores fresh = score_run(store, run, scorer, options);
  CHECK(fresh.added == 2 * expected.scores.size());
  check_equal(fresh.scores, expected.scores);
  const StoredScores again = score_run(store, run, scorer, options);
  CHECK(again.added == 0);
  check_equal(again.scores, expected.scores);

  results::Store reader(dir / "s.db");
  const auto measurements = reader.measurements(run);
  REQUIRE(measurements.size() == expected.statistics.size());
  const auto protocol = reader.protocols().front();
  for (std::size_t m = 0; m < measurements.size(); ++m) {
    const auto table = reader.statistics(run, measurements[m]);
    CHECK(measurements[m].columns == expected.statistics[m].columns);
    CHECK(table == expected.statistics[m].table);
    CHECK(measurements[m].digest ==
          results::score_digest(run, protocol, measurements[m], table, *measurements[m].score));
  }
}

}  // namespace

TEST_CASE("scores from a store equal those of the file bit for bit") {
  for (const std::string task : {"generation", "captioning"})
    check_same_scores(task, results::read_prediction_file(test::suite(task + ".tsv"), task));
}

TEST_CASE("scores of several blocks equal those of the file bit for bit") {
  check_same_scores("generation", test::predictions(results::kBlock + 300, 3));
}

TEST_CASE("a score without value is stored with its reason") {
  const test::TempDir dir;
  {
    results::StoreWriter store(dir / "s.db", true, "{}");
    (void)import_predictions(
        store,
        results::parse_prediction_file("description\tground truth\toutput\na\tC\tC(\n", "f",
                                       "generation"),
        {.model = "m", .task = "generation"}, "{}");
  }
  chem::silence_rdkit();
  const metrics::Protocol molt5 = metrics::find_protocol("molt5");
  const ScoringOptions options{.resamples = 10};
  Scorer scorer(molt5, "generation", {}, options);
  results::StoreWriter store(dir / "s.db", false, "{}");
  const auto scores = score_run(store, store.runs().front(), scorer, options).scores;
  std::size_t reasons = 0;
  for (const Score& score : scores) reasons += score.value ? 0 : 1;
  CHECK(reasons > 0);
  check_equal(score_run(store, store.runs().front(), scorer, options).scores, scores);
}

TEST_CASE("scoring again adds nothing and changes no byte") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 300, 1);
  CHECK(test::score_in(dir / "s.db", {.resamples = 30}) == 4);
  const std::string before = test::bytes_of(dir / "s.db");
  CHECK(test::score_in(dir / "s.db", {.resamples = 30}) == 0);
  CHECK(test::score_in(dir / "s.db", {.resamples = 0}) == 0);
  CHECK((test::bytes_of(dir / "s.db") == before));
  CHECK(test::score_in(dir / "s.db", {.resamples = 30, .seed = 2}) == 2);
}

TEST_CASE("intervals are the same whether they are asked for at once or later") {
  const test::TempDir dir;
  for (const char* name : {"at-once", "later"}) test::import_into(dir / name, 300, 1);
  test::score_in(dir / "at-once", {.resamples = 30});
  test::score_in(dir / "at-once", {.resamples = 40, .confidence = 0.9});
  test::score_in(dir / "later", {.resamples = 0});
  test::score_in(dir / "later", {.resamples = 40, .confidence = 0.9});
  test::score_in(dir / "later", {.resamples = 30});
  CHECK(test::content_digest(dir / "later") == test::content_digest(dir / "at-once"));
}

TEST_CASE("a run that is not all there is not scored") {
  const test::TempDir dir;
  struct Stop {};
  CHECK_THROWS_AS(test::import_into(dir / "s.db", 17'000, 1, [](std::size_t) { throw Stop(); }),
                  Stop);
  chem::silence_rdkit();
  results::StoreWriter store(dir / "s.db", false, "{}");
  Scorer scorer(metrics::parse_protocol(test::kQuickProtocol, "p"), "generation", {}, {});
  try {
    (void)score_run(store, store.runs().front(), scorer, {});
    FAIL("it was scored");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIncomplete);
    CHECK_THAT(error.what(), ContainsSubstring("has 16384 of 17000 predictions"));
  }
}

TEST_CASE("predictions that somebody took away are noticed before anything is stored") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 100, 1);
  // A prediction at another position replaces nothing, but the one that was there is gone.
  REQUIRE(test::foreign_sql(dir / "s.db",
                            "PRAGMA writable_schema = ON;"
                            "CREATE TEMP TABLE triggers AS SELECT name, sql FROM sqlite_schema"
                            " WHERE name = 'prediction_not_deleted';"
                            "DROP TRIGGER prediction_not_deleted;"
                            "DELETE FROM prediction WHERE position = 50;"
                            "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)"
                            " SELECT 'trigger', name, 'prediction', 0, sql FROM temp.triggers;")
              .empty());
  const auto score = [&] { return test::score_in(dir / "s.db", {.resamples = 0}); };
  try {
    score();
    FAIL("it was scored");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIntegrity);
    CHECK_THAT(error.what(), ContainsSubstring("examples or predictions are missing"));
  }
  results::Store store(dir / "s.db");
  CHECK(store.database().integer("SELECT count(*) FROM statistic") == 0);
}

TEST_CASE("scoring that was stopped between blocks goes on there") {
  const test::TempDir dir;
  constexpr std::size_t kRows = 3 * results::kBlock - 5;
  for (const char* name : {"whole", "stopped"}) test::import_into(dir / name, kRows, 1);
  test::score_in(dir / "whole", {.resamples = 10});
  chem::silence_rdkit();
  {
    results::StoreWriter store(dir / "stopped", false, "{}");
    const ScoringOptions options{.resamples = 10, .jobs = 1};
    Scorer scorer(metrics::parse_protocol(test::kQuickProtocol, "p"), "generation", {}, options);
    struct Stop {};
    CHECK_THROWS_AS(score_run(store, store.runs().front(), scorer, options,
                              [](std::size_t done) {
                                if (done > 2 * results::kBlock + 100) throw Stop();
                              }),
                    Stop);
    for (const auto& one : store.measurements(store.runs().front())) CHECK(store.blocks(one) == 2);
  }
  std::size_t first = kRows;
  {
    results::StoreWriter store(dir / "stopped", false, "{}");
    const ScoringOptions options{.resamples = 10, .jobs = 1};
    Scorer scorer(metrics::parse_protocol(test::kQuickProtocol, "p"), "generation", {}, options);
    CHECK(score_run(store, store.runs().front(), scorer, options, [&](std::size_t done) {
            first = std::min(first, done);
          }).added == 4);
  }
  CHECK(first > 2 * results::kBlock);  // the first two blocks were not measured again
  CHECK(test::content_digest(dir / "stopped") == test::content_digest(dir / "whole"));
}

TEST_CASE("a section that a protocol gains leaves the stored scores of the others alone") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  test::score_in(dir / "s.db", {.resamples = 20});
  const Digest before = test::content_digest(dir / "s.db");
  std::string wider = test::kQuickProtocol;
  const std::string tasks = R"("tasks": {)";
  wider.insert(wider.find(tasks) + tasks.size(),
               R"("property": {"metrics": ["roc-auc"], "source": "tests", "choices": {}}, )");
  CHECK(test::score_in(dir / "s.db", {.resamples = 20}, wider.c_str()) == 0);
  CHECK(test::content_digest(dir / "s.db") == before);
  std::string changed = test::kQuickProtocol;
  changed.replace(changed.find(R"(["chemistry", "empty")"), 21, R"(["chemistry")");
  CHECK(test::score_in(dir / "s.db", {.resamples = 20}, changed.c_str()) == 4);
}

TEST_CASE("scores under a whole protocol, as stores kept them once, are found again") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  std::string wider = test::kQuickProtocol;
  const std::string tasks = R"("tasks": {)";
  wider.insert(wider.find(tasks) + tasks.size(),
               R"("property": {"metrics": ["roc-auc"], "source": "tests", "choices": {}}, )");
  {
    results::StoreWriter store(dir / "s.db", false, "{}");
    results::Transaction adding(store.database());
    (void)store.put_protocol("quick", wider);
    adding.commit();
  }
  CHECK(test::score_in(dir / "s.db", {.resamples = 0}) == 2);
  results::Store store(dir / "s.db");
  REQUIRE(store.protocols().size() == 1);
  CHECK(store.protocols()[0].body == wider);
}
