#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "results/content_digest.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using results::Measurement;
using results::Run;
using results::StoreWriter;
using results::Transaction;

/// A complete run of `size` rows that were never predicted by anything.
Run complete_run(StoreWriter& store, std::size_t size, const std::string& model = "m") {
  Transaction all(store.database());
  const Run run = store.begin_run({.config = "{\"model\":\"" + model + "\"}", .model = model},
                                  results::example_digest(model, "set"), size, "{}");
  for (std::size_t i = 0; i < size; ++i) {
    store.add_example(run, i, results::example_digest("i", "r"), "i", "r");
    store.add_prediction(run, i, results::prediction_digest("p"), "p");
  }
  store.end_run(run, results::prediction_digest("root"));
  all.commit();
  return store.find_run(model);
}

Measurement begin(StoreWriter& store, const Run& run, std::vector<std::string> columns,
                  const std::string& metric = "metric") {
  const auto protocol = store.put_protocol("p", "{}");
  return store.begin_measurement(run, {.protocol_key = protocol.key,
                                       .metric = metric,
                                       .signature = "short",
                                       .signature_long = "long",
                                       .columns = std::move(columns)});
}

}  // namespace

TEST_CASE("more than one block of statistics reads back bit for bit") {
  const test::TempDir dir;
  constexpr std::size_t kRows = 2 * results::kBlock + 37;
  StatisticTable all(kRows, 4);
  for (std::size_t i = 0; i < kRows; ++i) {
    all.row(i)[0] = static_cast<double>(i % 256);
    all.row(i)[1] = static_cast<double>(i);
    all.row(i)[2] = i % 5 == 0 ? -0.0 : 1.0 / static_cast<double>(i);
    all.row(i)[3] = std::bit_cast<double>(0x7FF8000000000000ULL + i);  // NaNs with payloads
  }
  StoreWriter store(dir / "s.db", true, "{}");
  const Run run = complete_run(store, kRows);
  Transaction adding(store.database());
  const Measurement one = begin(store, run, {"small", "large", "real", "nan"});
  CHECK(store.blocks(one) == 0);
  for (std::size_t first = 0; first < kRows; first += results::kBlock) {
    StatisticTable block(std::min(results::kBlock, kRows - first), 4);
    for (std::size_t i = 0; i < block.rows(); ++i)
      std::ranges::copy(all.row(first + i), block.row(i).begin());
    store.add_block(one, first / results::kBlock, block);
    CHECK(store.blocks(one) == first / results::kBlock + 1);
  }
  adding.commit();
  results::Store reader(dir / "s.db");
  const StatisticTable read = reader.statistics(run, reader.measurements(run).front());
  REQUIRE(read.rows() == kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < 4; ++c) {
      REQUIRE(std::bit_cast<std::uint64_t>(read.row(i)[c]) ==
              std::bit_cast<std::uint64_t>(all.row(i)[c]));
    }
  }
}

TEST_CASE("scores, reasons and intervals read back bit for bit") {
  const test::TempDir dir;
  StoreWriter store(dir / "s.db", true, "{}");
  const Run run = complete_run(store, 1);
  const std::vector<results::StoredScore> scores = {
      {.value = 0.1, .n = 1},
      {.value = -5e-324, .n = 0},
      {.value = 3.0, .n = std::numeric_limits<std::int64_t>::max()},
      {.value = 1e300, .n = 7},
      {.value = 9007199254740993.0, .n = 7},
      {.value = {}, .reason = "no row counts", .n = 0}};
  const std::vector<results::StoredInterval> intervals = {
      {.draws = 1, .seed = 0, .confidence = 0.1, .low = -1.5, .high = 1e-300},
      {.draws = 1,
       .seed = std::numeric_limits<std::uint64_t>::max(),
       .confidence = 0.9999,
       .low = 0,
       .high = 1.0 / 3}};
  Transaction adding(store.database());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const Measurement one = begin(store, run, {""}, "metric-" + std::to_string(i));
    store.add_block(one, 0, StatisticTable(1, 1));
    store.end_measurement(one, scores[i], results::prediction_digest(std::to_string(i)));
    for (const auto& interval : intervals) store.add_interval(one, interval);
  }
  adding.commit();
  const auto read = results::Store(dir / "s.db").measurements(run);
  REQUIRE(read.size() == scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CHECK(read[i].score == scores[i]);
    CHECK(read[i].digest == results::prediction_digest(std::to_string(i)));
    REQUIRE(read[i].intervals.size() == 2);
    for (const auto& interval : intervals)
      CHECK(std::ranges::count(read[i].intervals, interval) == 1);
  }
}

TEST_CASE("beginning again gives what was begun before and adds nothing") {
  const test::TempDir dir;
  std::string before;
  for (int round = 0; round < 3; ++round) {
    {
      StoreWriter store(dir / "s.db", true, "{\"round\":" + std::to_string(round) + "}");
      Transaction all(store.database());
      const Run run = store.begin_run({.config = "{}", .model = "m"},
                                      results::example_digest("", ""), 5, "{\"file\":\"a\"}");
      CHECK(run.key == 1);
      CHECK(run.size == 5);
      CHECK(run.stored == 0);
      CHECK_FALSE(run.complete());
      CHECK(store.examples_stored(run) == 0);
      CHECK(begin(store, run, {"a", "b\"\\"}).key == 1);
      CHECK(begin(store, run, {"a", "b\"\\"}).columns == std::vector<std::string>{"a", "b\"\\"});
      all.commit();
    }
    if (round == 0) before = test::bytes_of(dir / "s.db");
    CHECK((test::bytes_of(dir / "s.db") == before));
  }
}

TEST_CASE("a score without value needs a reason, and one with a value has none") {
  const test::TempDir dir;
  StoreWriter store(dir / "s.db", true, "{}");
  const Run run = complete_run(store, 1);
  const Digest digest = results::prediction_digest("");
  for (const results::StoredScore& wrong :
       {results::StoredScore{.value = {}, .reason = "", .n = 1},
        results::StoredScore{.value = 1.0, .reason = "odd", .n = 1},
        results::StoredScore{.value = std::nan(""), .reason = "", .n = 1}}) {
    const Transaction undone(store.database());
    CHECK_THROWS_AS(store.end_measurement(begin(store, run, {""}), wrong, digest), Error);
  }
  Transaction all(store.database());
  const Measurement one = begin(store, run, {""});
  store.end_measurement(one, {.value = 1.0, .n = 1}, digest);
  CHECK_THROWS_AS(store.end_measurement(one, {.value = 1.0, .n = 1}, digest), Error);
  CHECK_THROWS_AS(store.add_block(one, 0, StatisticTable(1, 1)), Error);  // complete already
  all.commit();
}

TEST_CASE("a writer goes on after a transaction that was undone") {
  const test::TempDir dir;
  StoreWriter store(dir / "s.db", true, R"({"threads":2})");
  {
    const Transaction undone(store.database());
    (void)store.begin_run({.config = "{}", .model = "lost"}, results::example_digest("", ""), 1,
                          "{}");
  }
  CHECK(store.runs().empty());
  CHECK(store.database().integer("SELECT count(*) FROM environment") == 0);
  CHECK(complete_run(store, 3).complete());
  CHECK(store.database().integer("SELECT count(*) FROM environment") == 1);
  CHECK(test::complaints(dir / "s.db").empty());
}

TEST_CASE("runs on the same examples share them") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 40, 1);
  test::import_into(dir / "s.db", 40, 2);
  test::import_into(dir / "s.db", 41, 1);
  results::Store store(dir / "s.db");
  CHECK(store.database().integer("SELECT count(*) FROM example_set") == 2);
  CHECK(store.database().integer("SELECT count(*) FROM example") == 81);
  CHECK(store.database().integer("SELECT count(*) FROM prediction") == 121);
  CHECK(store.runs()[0].set_key == store.runs()[1].set_key);
}
