#include "results/store.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;

constexpr std::array kTables = {"environment", "example_set", "example", "cell",
                                "run",         "prediction",  "run_end", "protocol",
                                "measurement", "statistic",   "score",   "interval",
                                "plan",        "planned",     "failure", "overlap"};

template <typename Call>
std::string complaint(Code code, Call call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK_FALSE(error.hint().empty());
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

/// A store with every table filled.
void make_full(const fs::path& store) {
  test::import_into(store, 30, 1);
  test::import_into(store, 30, 2);
  test::score_in(store, {.resamples = 100});
  test::plan_in(store, test::plan_of(2, 30));
  results::StoreWriter writer(store, false, "{}");
  results::Transaction all(writer.database());
  writer.add_failure(test::cell(30, 3).digest(), "out of memory");
  writer.put_overlap({.examples = writer.runs().front().examples,
                      .kind = "inchikey",
                      .seen = std::vector<bool>(30)});
  all.commit();
}

}  // namespace

TEST_CASE("runs and rows read back are what was imported") {
  const test::TempDir dir;
  const auto file = test::predictions(100, 1);
  test::import_into(dir / "s.db", 100, 1);
  results::Store store(dir / "s.db");
  const auto runs = store.runs();
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].cell.model == "model-1");
  CHECK(runs[0].cell.task == "generation");
  CHECK_FALSE(runs[0].cell.seed);
  CHECK(runs[0].size == 100);
  CHECK(runs[0].stored == 100);
  CHECK(runs[0].complete());
  CHECK(runs[0].source == R"({"file":"synthetic.tsv"})");
  CHECK(runs[0].started_at.size() == 20);
  CHECK(runs[0].digest == runs[0].cell.digest());
  CHECK(runs[0].id() == to_hex(runs[0].digest).substr(0, 12));
  const auto rows = store.rows(runs[0], 0, 1000);
  REQUIRE(rows.size() == 100);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].input == file.rows[i].input);
    CHECK(rows[i].reference == file.rows[i].reference);
    CHECK(rows[i].prediction == file.rows[i].prediction);
  }
  CHECK(store.rows(runs[0], 90, 4).size() == 4);
  CHECK(store.rows(runs[0], 98, 4).size() == 2);
  CHECK(store.rows(runs[0], 100, 4).empty());
}

TEST_CASE("a run is found by four digits of its id or by its model, when only one is meant") {
  const test::TempDir dir;
  for (unsigned variant = 1; variant <= 3; ++variant) test::import_into(dir / "s.db", 5, variant);
  results::StoreWriter store(dir / "s.db", false, "{}");
  for (const results::Run& run : store.runs()) {
    CHECK(store.find_run(run.id()).key == run.key);
    CHECK(store.find_run(to_hex(run.digest)).key == run.key);
    CHECK(store.run_of(run.digest).value().key == run.key);
    CHECK(store.find_run(run.cell.model).key == run.key);
    CHECK(store.find_run(run.cell.model, "generation").key == run.key);
    CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_run(run.id().substr(0, 3)); }),
               ContainsSubstring("no run") && ContainsSubstring(run.id()));
    CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_run(run.id(), "captioning"); }),
               ContainsSubstring("no run"));
  }
  CHECK_FALSE(store.run_of(Digest{}));
  const auto other = test::predictions(4, 1);  // other rows of the same model
  (void)import_predictions(store, other, {.model = "model-1", .task = "generation"}, "{}");
  CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_run("model-1"); }),
             ContainsSubstring("2 runs are called 'model-1'") && ContainsSubstring("--task"));
}

TEST_CASE("example, prediction, cell and score digests tell everything apart that they cover") {
  std::set<Digest> seen;
  const auto fresh = [&](const Digest& digest) { return seen.insert(digest).second; };
  CHECK(fresh(results::example_digest("", "")));
  CHECK(fresh(results::example_digest("a", "")));
  CHECK(fresh(results::example_digest("", "a")));
  CHECK(fresh(results::example_digest("ab", "c")));
  CHECK(fresh(results::example_digest("a", "bc")));
  CHECK(fresh(results::prediction_digest("")));
  CHECK(fresh(results::prediction_digest("a")));

  results::Run run{.digest = results::prediction_digest("run")};
  results::StoredProtocol protocol{.name = "p", .body = "{}"};
  results::Measurement one{.metric = "m", .signature_long = "s", .columns = {"x", "y"}};
  StatisticTable numbers(3, 2);
  results::StoredScore score{.value = 0.5, .reason = "", .n = 3};
  const auto digest = [&] { return results::score_digest(run, protocol, one, numbers, score); };
  CHECK(fresh(digest()));
  const Digest before = digest();
  one.key = one.protocol_key = protocol.key = run.key = 9;  // of this file only
  one.signature = "short";                                  // follows from the long one
  protocol.name = "q";                                      // stands in the body
  CHECK(digest() == before);
  numbers.row(2)[1] = -0.0;
  CHECK(fresh(digest()));
  numbers.row(2)[1] = 1;
  CHECK(fresh(digest()));
  std::swap(numbers.row(2)[0], numbers.row(2)[1]);
  CHECK(fresh(digest()));
  std::swap(numbers.row(1)[0], numbers.row(2)[0]);
  CHECK(fresh(digest()));
  one.columns = {"y", "x"};
  CHECK(fresh(digest()));
  score.value = 0.25;
  CHECK(fresh(digest()));
  score = {.value = {}, .reason = "none", .n = 3};
  CHECK(fresh(digest()));
  score.n = 2;
  CHECK(fresh(digest()));
  one.metric = "n";
  CHECK(fresh(digest()));
  one.signature_long = "t";
  CHECK(fresh(digest()));
  protocol.body = "[]";
  CHECK(fresh(digest()));
  run.digest[0] ^= 1;
  CHECK(fresh(digest()));
}

TEST_CASE("the content digest covers runs, scores, intervals and plans, and changes with each") {
  const test::TempDir dir;
  std::set<Digest> seen;
  const auto grown = [&] { return seen.insert(test::content_digest(dir / "s.db")).second; };
  {
    const results::StoreWriter empty(dir / "s.db", true, "{}");
  }
  CHECK(grown());
  test::import_into(dir / "s.db", 30, 1);
  CHECK(grown());
  test::import_into(dir / "s.db", 30, 2);
  CHECK(grown());
  test::score_in(dir / "s.db", {.resamples = 0});
  CHECK(grown());
  test::score_in(dir / "s.db", {.resamples = 50});
  CHECK(grown());
  test::score_in(dir / "s.db", {.resamples = 50, .seed = 2});
  CHECK(grown());
  test::score_in(dir / "s.db", {.resamples = 50, .confidence = 0.5});
  CHECK(grown());
  test::score_in(dir / "s.db", {.resamples = 50});
  CHECK_FALSE(grown());
  test::plan_in(dir / "s.db", test::plan_of(2, 30));
  CHECK(grown());
  test::plan_in(dir / "s.db", test::plan_of(2, 30));
  CHECK_FALSE(grown());
}

TEST_CASE("no foreign connection changes, deletes or replaces a fact") {
  const test::TempDir dir;
  make_full(dir / "s.db");
  const std::string before = test::bytes_of(dir / "s.db");
  results::Store reader(dir / "s.db");
  for (const std::string table : kTables) {
    INFO(table);
    REQUIRE(reader.database().integer("SELECT count(*) FROM " + table) > 0);
    results::Statement columns = reader.database().prepare("SELECT name FROM pragma_table_info(?)");
    for (bool more = columns.start(table); more; more = columns.step()) {
      const std::string column(columns.text(0));
      CHECK_THAT(
          test::foreign_sql(dir / "s.db", fmt::format("UPDATE {0} SET {1} = {1}", table, column)),
          ContainsSubstring("never changes"));
    }
    columns.reset();
    CHECK_THAT(test::foreign_sql(dir / "s.db", "DELETE FROM " + table),
               ContainsSubstring("never deleted") || ContainsSubstring("is never deleted"));
    // The documented exception: for these two, only the digests tell.
    if (table == "example" || table == "prediction") continue;
    CHECK_THAT(test::foreign_sql(dir / "s.db", fmt::format("INSERT OR REPLACE INTO {0}"
                                                           " SELECT * FROM {0}",
                                                           table)),
               ContainsSubstring("never replaced") || ContainsSubstring("no more statistics"));
  }
  CHECK((test::bytes_of(dir / "s.db") == before));
}

TEST_CASE("a replacement by another key of a row is refused too") {
  const test::TempDir dir;
  make_full(dir / "s.db");
  const std::string before = test::bytes_of(dir / "s.db");
  for (const char* sql : {
           "INSERT OR REPLACE INTO environment SELECT 99, facts FROM environment",
           "INSERT OR REPLACE INTO environment SELECT id, '[]' FROM environment",
           "INSERT OR REPLACE INTO example_set SELECT 99, digest, 1 FROM example_set",
           "INSERT OR REPLACE INTO cell SELECT 99, digest, '{}', '', '', '', '', 1 FROM cell",
           "INSERT OR REPLACE INTO run SELECT 99, cell_id, set_id, 1, '{}', '' FROM run",
           "INSERT OR REPLACE INTO protocol SELECT 99, digest, '', '{}' FROM protocol",
           "INSERT OR REPLACE INTO measurement SELECT 99, run_id, protocol_id, metric, '',"
           " signature_long, '[]', 1 FROM measurement",
           "INSERT OR REPLACE INTO run_end SELECT run_id, zeroblob(32), '' FROM run_end",
           "INSERT OR REPLACE INTO statistic SELECT measurement_id, 1, 0, x'' FROM statistic",
           "REPLACE INTO score SELECT measurement_id, 1, '', 1, zeroblob(32), '' FROM score",
           "REPLACE INTO interval SELECT measurement_id, draws, seed, confidence, 0, 0"
           " FROM interval",
           "INSERT OR REPLACE INTO plan SELECT 99, digest, '', '{}', '' FROM plan",
           "REPLACE INTO planned SELECT plan_id, position, digest, '{}', '', '', '', '', 1, ''"
           " FROM planned",
           "REPLACE INTO overlap SELECT set_id, training, kind, zeroblob(30) FROM overlap",
           "INSERT INTO overlap SELECT set_id, training, 'scaffold', zeroblob(29) FROM overlap",
           "INSERT INTO overlap SELECT set_id, training, 'name', seen FROM overlap",
           "UPDATE OR REPLACE score SET value = 1",
           "INSERT INTO score SELECT measurement_id, 1, '', 1, zeroblob(32), '' FROM score"
           " WHERE true ON CONFLICT DO UPDATE SET value = 2",
       }) {
    INFO(sql);
    CHECK_FALSE(test::foreign_sql(dir / "s.db", sql).empty());
  }
  CHECK((test::bytes_of(dir / "s.db") == before));
}

TEST_CASE(
    "the two exceptions: a replaced example or prediction is refused on Cupel's connections") {
  const test::TempDir dir;
  make_full(dir / "s.db");
  results::StoreWriter writer(dir / "s.db", false, "{}");
  for (const char* sql :
       {"INSERT OR REPLACE INTO prediction SELECT run_id, position, digest, 'x' FROM prediction",
        "INSERT OR REPLACE INTO example SELECT set_id, position, digest, 'x', '' FROM example"}) {
    CHECK_THAT(complaint(Code::kStore, [&] { writer.database().run(sql); }),
               ContainsSubstring("never deleted"));
  }
  // Elsewhere it is done, and the digest that stays beside the text says so.
  REQUIRE(test::foreign_sql(dir / "s.db",
                            "INSERT OR REPLACE INTO prediction SELECT run_id, position, digest,"
                            " 'forged' FROM prediction WHERE position = 3")
              .empty());
  const auto row = writer.rows(writer.runs().front(), 3, 1).front();
  CHECK(row.prediction == "forged");
  results::Statement stored =
      writer.database().prepare("SELECT digest FROM prediction WHERE position = 3");
  REQUIRE(stored.start());
  CHECK(stored.digest(0) != results::prediction_digest(row.prediction));
}

TEST_CASE("statistics with a gap or of another size are an integrity error") {
  const test::TempDir dir;
  make_full(dir / "whole.db");
  for (const char* tampering :
       {"DELETE FROM statistic WHERE place = 0", "UPDATE statistic SET numbers = x'00'",
        "UPDATE statistic SET numbers = x''", "UPDATE statistic SET block = 1 WHERE place = 1",
        "UPDATE statistic SET place = 7 WHERE place = 1"}) {
    INFO(tampering);
    fs::copy_file(dir / "whole.db", dir / "s.db", fs::copy_options::overwrite_existing);
    results::Store before(dir / "whole.db");
    std::string script;  // as somebody would who knows the triggers
    results::Statement triggers = before.database().prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'statistic'");
    std::string again;
    for (bool more = triggers.start(); more; more = triggers.step()) {
      script += fmt::format("DROP TRIGGER {};", triggers.text(0));
      again += fmt::format("{};", triggers.text(1));
    }
    REQUIRE(test::foreign_sql(dir / "s.db", script + tampering + ";" + again).empty());
    results::Store store(dir / "s.db");
    const results::Run run = store.runs().front();
    CHECK_THAT(complaint(Code::kIntegrity,
                         [&] {
                           for (const auto& one : store.measurements(run))
                             (void)store.statistics(run, one);
                         }),
               ContainsSubstring("statistics are missing or of another size"));
  }
}
