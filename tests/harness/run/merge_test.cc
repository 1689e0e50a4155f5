#include "harness/run/merge.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/store_check.h"
#include "tests/support/faulty_vfs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::Fault;
using test::FaultyVfs;
using Paths = std::vector<fs::path>;

constexpr std::size_t kRows = 40;
constexpr std::size_t kCells = 5;

Error refusal(const Paths& shards, const fs::path& out, const std::string& plan = {}) {
  try {
    (void)merge_stores(shards, out, plan);
  } catch (const Error& error) {
    CHECK_FALSE(error.hint().empty());
    return error;
  }
  return {Code::kInconclusive, "accepted"};
}

/// As somebody who knows the triggers.
void tamper(const fs::path& store, const std::string& change) {
  std::string before;
  std::string after;
  {
    results::Store opened(store);
    results::Statement triggers =
        opened.database().prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
    for (bool more = triggers.start(); more; more = triggers.step()) {
      before += fmt::format("DROP TRIGGER {};", triggers.text(0));
      after += fmt::format("{};", triggers.text(1));
    }
  }
  REQUIRE(test::foreign_sql(store, before + change + ";" + after).empty());
}

void add_facts(const fs::path& path, unsigned variant) {
  results::StoreWriter store(path, false, R"({"cupel":"facts"})");
  results::Transaction all(store.database());
  store.record_as_of(R"({"cupel":"facts"})", "2025-01-02T03:04:05Z");
  store.add_failure(test::cell(kRows, variant).digest(), fmt::format("failed {}", variant));
  store.put_overlap({.examples = store.runs().front().examples,
                     .kind = "inchikey",
                     .seen = std::vector<bool>(kRows, true)});
  all.commit();
}

/// A plan of all cells, spread over shards at random; beside them whole and interrupted copies.
Paths random_shards(const test::TempDir& dir, std::mt19937_64& random) {
  Paths shards;
  const std::size_t count = 1 + random() % 4;
  for (std::size_t i = 0; i < count; ++i) {
    shards.push_back(dir / fmt::format("shard-{}-{}.db", random(), i));
    test::plan_in(shards.back(), test::plan_of(kCells, kRows));
  }
  for (unsigned variant = 1; variant <= kCells; ++variant) {
    const fs::path& whole = shards[random() % count];
    test::run_in(whole, kRows, variant, kRows);
    const fs::path& other = shards[random() % count];
    if (other != whole && random() % 2 == 0)
      test::run_in(other, kRows, variant, random() % (kRows + 1));
  }
  for (const fs::path& shard : shards) {
    const std::size_t kind = random() % 4;  // not all are scored, nor all with intervals
    if (kind > 0)
      test::score_in(shard, {.resamples = kind == 1 ? 0U : 10U}, test::kDistanceProtocol);
  }
  std::ranges::shuffle(shards, random);
  return shards;
}

/// Merges of merges, until one store is left.
fs::path merge_in_steps(Paths stores, const test::TempDir& dir, std::mt19937_64& random) {
  while (true) {
    const std::size_t some = 1 + random() % stores.size();
    const fs::path out = random() % 3 == 0 && some < stores.size()
                             ? stores.back()  // into one that is there
                             : dir / fmt::format("merged-{}.db", random());
    (void)merge_stores(std::span(stores).first(some), out, "");
    stores.erase(stores.begin(), stores.begin() + static_cast<std::ptrdiff_t>(some));
    if (stores.empty() || stores.back() != out) stores.push_back(out);
    if (stores.size() == 1) return stores.front();
    std::ranges::shuffle(stores, random);
  }
}

}  // namespace

TEST_CASE("any spreading of cells over shards merges, in any order and steps, into the same") {
  const FaultyVfs quick(Fault::kNone, 0);  // thousands of transactions
  const test::TempDir dir;
  std::mt19937_64 random(1);
  test::plan_in(dir / "whole.db", test::plan_of(kCells, kRows));
  for (unsigned variant = 1; variant <= kCells; ++variant)
    test::run_in(dir / "whole.db", kRows, variant, kRows);
  test::score_in(dir / "whole.db", {.resamples = 10}, test::kDistanceProtocol);
  for (int round = 0; round < 25; ++round) {
    INFO("round " << round);
    const Paths shards = random_shards(dir, random);
    const fs::path out = merge_in_steps(shards, dir, random);
    const fs::path at_once = dir / fmt::format("at-once-{}.db", round);
    const Merged merged = merge_stores(shards, at_once, "");
    CHECK(merged.conflicts.empty());
    CHECK(merged.state.count(CellState::kComplete) == kCells);
    CHECK(merged.predictions == kCells * kRows);
    CHECK(merged.content == test::content_digest(out));
    CHECK(test::complaints(out).empty());
    const std::string before = test::bytes_of(out);
    Paths again = shards;
    std::erase(again, out);
    CHECK(merge_stores(again, out, "").runs == 0);
    CHECK((test::bytes_of(out) == before));
    // What no shard had scored is scored now, and then it is the content of one store.
    test::score_in(out, {.resamples = 10}, test::kDistanceProtocol);
    CHECK(test::content_digest(out) == test::content_digest(dir / "whole.db"));
    results::Store store(out);
    CHECK(check_store(store).problems.empty());
  }
}

TEST_CASE("a merged store keeps environments, times, failures and overlaps of its shards") {
  const test::TempDir dir;
  test::run_in(dir / "a.db", kRows, 1, kRows);
  test::score_in(dir / "a.db", {.resamples = 10}, test::kDistanceProtocol);
  add_facts(dir / "a.db", 3);
  tamper(dir / "a.db",
         "UPDATE environment SET facts = '{\"cupel\":\"old\"}' WHERE id = 1;"
         "UPDATE run SET started_at = '2024-01-01T00:00:00Z';"
         "UPDATE run_end SET finished_at = '2024-01-02T00:00:00Z';"
         "UPDATE score SET scored_at = '2024-01-03T00:00:00Z'");
  test::run_in(dir / "b.db", kRows, 2, kRows);
  add_facts(dir / "b.db", 3);
  add_facts(dir / "b.db", 4);
  for (int round = 0; round < 2; ++round) {
    (void)merge_stores(Paths{dir / "a.db", dir / "b.db"}, dir / "out.db", "");
    results::Store out(dir / "out.db");
    const results::Run run = out.find_run("model-1");
    CHECK(run.environment == R"({"cupel":"old"})");
    CHECK(run.started_at == "2024-01-01T00:00:00Z");
    CHECK(run.finished_at == "2024-01-02T00:00:00Z");
    CHECK(run.source == "{}");
    REQUIRE(out.measurements(run).size() == 1);
    CHECK(out.measurements(run).front().environment == R"({"cupel":"old"})");
    CHECK(out.measurements(run).front().scored_at == "2024-01-03T00:00:00Z");
    REQUIRE(out.failures().size() == 2);
    CHECK(out.failures() == results::Store(dir / "b.db").failures());
    REQUIRE(out.overlaps(run.examples).size() == 1);
    CHECK(out.overlaps(run.examples) == results::Store(dir / "b.db").overlaps(run.examples));
  }
}

TEST_CASE("of interrupted runs the longest part is taken, and what is missing is said") {
  const test::TempDir dir;
  test::plan_in(dir / "a.db", test::plan_of(3, kRows));
  test::run_in(dir / "a.db", kRows, 1, 7);
  test::run_in(dir / "a.db", kRows, 2, kRows);
  test::run_in(dir / "b.db", kRows, 1, 23);
  test::run_in(dir / "b.db", kRows + 1, 9, 1);
  test::run_in(dir / "c.db", kRows, 1, 11);
  const Merged merged =
      merge_stores(Paths{dir / "a.db", dir / "b.db", dir / "c.db"}, dir / "out.db", "sweep");
  REQUIRE(merged.plan);
  CHECK(merged.plan->id() == test::plan_of(3, kRows).id());
  REQUIRE(merged.state.cells.size() == 3);
  CHECK(merged.state.cells[0].describe() == "23 of 40 predictions");
  CHECK(merged.state.cells[1].describe() == "complete");
  CHECK(merged.state.cells[2].describe() == "missing");
  REQUIRE(merged.state.unplanned.size() == 1);
  CHECK(merged.state.unplanned.front().cell.model == "model-9");
  CHECK(merged.repeated == 1);
  CHECK(merged.predictions == 23 + kRows + 1);
  test::run_in(dir / "c.db", kRows, 1, kRows);
  const Merged more = merge_stores(Paths{dir / "c.db"}, dir / "out.db", "sweep");
  CHECK(more.predictions == kRows - 23);
  CHECK(more.runs == 1);
  CHECK(more.state.cells[0].describe() == "complete");
}

TEST_CASE("two shards with different predictions of a cell: named, and nothing of it is added") {
  for (const std::size_t stored : {kRows, kRows - 3}) {
    INFO(stored);
    const test::TempDir here;
    test::run_in(here / "a.db", kRows, 1, kRows);
    test::run_in(here / "a.db", kRows, 2, kRows);
    test::run_in(here / "b.db", kRows, 3, kRows);
    test::score_in(here / "a.db", {.resamples = 0}, test::kDistanceProtocol);
    // Predictions of variant 2 under the digest of variant 1, with digests that fit.
    test::run_in(here / "b.db", kRows, 2, stored);
    const results::Cell cell = test::cell(kRows, 1);
    tamper(here / "b.db", fmt::format("UPDATE cell SET digest = x'{}', config = '{}', model = '{}'"
                                      " WHERE model = 'model-2'",
                                      to_hex(cell.digest()), cell.config, cell.model));
    const auto mine = test::predictions(kRows, 1);
    const auto theirs = test::predictions(kRows, 2);
    std::size_t row = 0;
    while (mine.rows[row].prediction == theirs.rows[row].prediction) ++row;
    const std::string expected =
        fmt::format("{} and {}: run {} (model-1, generation): prediction {} is not the same",
                    (here / "a.db").string(), (here / "b.db").string(),
                    to_hex(cell.digest()).substr(0, 12), row);
    const Merged merged = merge_stores(Paths{here / "a.db", here / "b.db"}, here / "out.db", "");
    CHECK(merged.conflicts == std::vector<std::string>{expected});
    CHECK(merged.runs == 2);
    results::Store out(here / "out.db");
    CHECK(out.runs().size() == 2);
    CHECK(out.database().integer("SELECT count(*) FROM cell") == 2);
    CHECK(out.database().integer("SELECT count(*) FROM measurement") == 1);
    // Against a store that has the cell already, it is the same, and the store keeps its own.
    (void)merge_stores(Paths{here / "a.db"}, here / "first.db", "");
    const Merged late = merge_stores(Paths{here / "b.db"}, here / "first.db", "");
    REQUIRE(late.conflicts.size() == 1);
    CHECK_THAT(late.conflicts.front(), ContainsSubstring("first.db and ") &&
                                           ContainsSubstring(fmt::format("prediction {}", row)));
    CHECK(results::Store(here / "first.db").runs().size() == 3);
  }
}

TEST_CASE("scores and overlaps that differ are conflicts, and the first ones stay") {
  const test::TempDir dir;
  test::run_in(dir / "a.db", kRows, 1, kRows);
  test::score_in(dir / "a.db", {.resamples = 5}, test::kDistanceProtocol);
  add_facts(dir / "a.db", 1);
  for (const char* name : {"b.db", "c.db"}) fs::copy_file(dir / "a.db", dir / name);
  tamper(dir / "b.db", "UPDATE interval SET low = low - 1");
  tamper(dir / "c.db", "UPDATE overlap SET seen = zeroblob(40)");
  const Merged merged =
      merge_stores(Paths{dir / "a.db", dir / "b.db", dir / "c.db"}, dir / "out.db", "");
  REQUIRE(merged.conflicts.size() == 2);
  CHECK_THAT(merged.conflicts[0], ContainsSubstring("b.db and ") &&
                                      ContainsSubstring("out.db: run ") &&
                                      ContainsSubstring("different intervals of levenshtein|"));
  CHECK_THAT(merged.conflicts[1], ContainsSubstring("c.db and ") &&
                                      ContainsSubstring("overlap (inchikey) of the examples"));
  CHECK(merged.content == test::content_digest(dir / "a.db"));
  // The statistics of a scoring that was interrupted here, and are not those of the shard.
  test::run_in(dir / "half.db", kRows, 1, kRows);
  {
    results::StoreWriter half(dir / "half.db", false, "{}");
    results::Store a(dir / "a.db");
    results::Measurement one = a.measurements(a.runs().front()).front();
    results::Transaction all(half.database());
    const auto protocol = a.protocols().front();
    const auto begun = half.begin_measurement(
        half.runs().front(), {.protocol_key = half.put_protocol(protocol.name, protocol.body).key,
                              .metric = one.metric,
                              .signature = one.signature,
                              .signature_long = one.signature_long,
                              .columns = one.columns});
    half.add_block(begun, 0, StatisticTable(kRows, one.columns.size()));
    all.commit();
  }
  const Merged wrong = merge_stores(Paths{dir / "a.db"}, dir / "half.db", "");
  REQUIRE(wrong.conflicts.size() == 1);
  CHECK_THAT(wrong.conflicts[0], ContainsSubstring("different scores of levenshtein|"));
  CHECK(wrong.scores == 0);
}

TEST_CASE("a shard that was changed is named with run and row, and nothing is merged") {
  const FaultyVfs quick(Fault::kNone, 0);
  const test::TempDir dir;
  test::run_in(dir / "a.db", kRows, 1, kRows);
  test::run_in(dir / "whole.db", kRows, 2, kRows);
  test::score_in(dir / "whole.db", {.resamples = 5}, test::kDistanceProtocol);
  test::plan_in(dir / "whole.db", test::plan_of(2, kRows));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE prediction SET text = 'forged' WHERE position = 17", "prediction 17: its text"},
      {"DELETE FROM prediction WHERE position = 39", "predictions: 39 of 40 are there"},
      {"UPDATE example SET reference = 'C' WHERE position = 8", "example 8"},
      {"UPDATE score SET value = value + 1", "levenshtein|"},
      {"UPDATE planned SET model = 'x'", "plan sweep: its cells were changed"}};
  for (const auto& [change, expected] : changes) {
    INFO(change);
    fs::copy_file(dir / "whole.db", dir / "b.db", fs::copy_options::overwrite_existing);
    tamper(dir / "b.db", change);
    const Error error = refusal({dir / "a.db", dir / "b.db"}, dir / "out.db");
    CHECK(error.code() == Code::kIntegrity);
    CHECK_THAT(error.what(), ContainsSubstring("b.db: ") && ContainsSubstring(expected));
    CHECK_FALSE(fs::exists(dir / "out.db"));
    CHECK_FALSE(fs::exists(dir / "out.db.lock"));
  }
  const std::string whole = test::bytes_of(dir / "whole.db");
  test::write_bytes(dir / "b.db", whole.substr(0, whole.size() / 2));
  CHECK(refusal({dir / "a.db", dir / "b.db"}, dir / "out.db").code() == Code::kStore);
  CHECK(refusal({dir / "a.db", dir / "none.db"}, dir / "out.db").code() == Code::kStore);
  CHECK(refusal({dir / "a.db", dir / "out.db"}, dir / "out.db").code() == Code::kStore);
  CHECK_FALSE(fs::exists(dir / "out.db"));
  // What is wrong with the store to merge into is found as well.
  fs::copy_file(dir / "whole.db", dir / "out.db");
  tamper(dir / "out.db", "UPDATE prediction SET text = 'forged' WHERE position = 17");
  CHECK_THAT(refusal({dir / "a.db"}, dir / "out.db").what(),
             ContainsSubstring("out.db: run ") && ContainsSubstring("prediction 17"));
}

TEST_CASE("examples of interrupted runs that are not those of the others are an integrity error") {
  const test::TempDir dir;
  test::run_in(dir / "a.db", kRows, 1, kRows);
  test::run_in(dir / "whole.db", kRows, 2, 11);
  const std::string forged = to_hex(results::example_digest("molecule 4", "forged"));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {fmt::format("UPDATE example SET reference = 'forged', digest = x'{}' WHERE position = 4",
                   forged),
       "example 4 is not the same"},
      {"UPDATE example_set SET size = 41", "another number of examples"}};
  for (const auto& [change, expected] : changes) {
    INFO(change);
    fs::copy_file(dir / "whole.db", dir / "b.db", fs::copy_options::overwrite_existing);
    tamper(dir / "b.db", change);
    for (const Paths& shards : {Paths{dir / "a.db", dir / "b.db"}, {dir / "b.db", dir / "a.db"}}) {
      const Error error = refusal(shards, dir / "out.db");
      CHECK(error.code() == Code::kIntegrity);
      CHECK_THAT(error.what(), ContainsSubstring("a.db and ") && ContainsSubstring("b.db: run ") &&
                                   ContainsSubstring(expected));
      CHECK(results::Store(dir / "out.db").runs().empty());
    }
  }
}

TEST_CASE("a plan that is not there, and a shard that is the store itself, are wrong use") {
  const test::TempDir dir;
  test::run_in(dir / "a.db", kRows, 1, kRows);
  test::plan_in(dir / "a.db", test::plan_of(2, kRows));
  const Error unknown = refusal({dir / "a.db"}, dir / "out.db", "none");
  CHECK(unknown.code() == Code::kUsage);
  CHECK_THAT(unknown.what(), ContainsSubstring("no plan 'none'"));
  CHECK_THAT(unknown.hint(), ContainsSubstring("(sweep)"));
  CHECK(results::Store(dir / "out.db").runs().empty());
  fs::create_symlink(dir / "a.db", dir / "link.db");
  const Error itself = refusal({dir / "link.db"}, dir / "a.db");
  CHECK(itself.code() == Code::kUsage);
  CHECK_THAT(itself.what(), ContainsSubstring("link.db: a shard, and the store to merge into"));
}

TEST_CASE("stores of version 1 are merged as they are") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "v1.db", test::bytes_of(test::data("store_v1.sql"))).empty());
  // Its protocol is no real one, so that its scores cannot be computed again; the rest can be.
  tamper(dir / "v1.db", "DELETE FROM interval; DELETE FROM score");
  const Merged merged = merge_stores(Paths{dir / "v1.db"}, dir / "out.db", "");
  CHECK_FALSE(merged.plan);
  CHECK(merged.runs == 3);
  CHECK(merged.content == test::content_digest(dir / "v1.db"));
  CHECK_FALSE(fs::exists(dir / "v1.db.v1"));
}
