#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using results::StoredPlan;
using results::StoreWriter;
using results::Transaction;

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

}  // namespace

TEST_CASE("a plan reads back as it was put, and a second time nothing is added") {
  const test::TempDir dir;
  StoredPlan plan = test::plan_of(3, 10);
  plan.cells[1].reason = "it cannot caption";
  plan.cells[2] = plan.cells[0];  // another variant that means the same
  plan.cells[2].cell.model = "alias";
  plan.cells[2].cell.seed = {};
  test::plan_in(dir / "s.db", plan);
  results::Store store(dir / "s.db");
  REQUIRE(store.plans().size() == 1);
  const StoredPlan read = store.plans().front();
  CHECK(read.name == "sweep");
  CHECK(read.manifest == plan.manifest);
  CHECK(read.made_at.size() == 20);
  REQUIRE(read.cells.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read.cells[i].cell.config == plan.cells[i].cell.config);
    CHECK(read.cells[i].cell.model == plan.cells[i].cell.model);
    CHECK(read.cells[i].cell.task == "generation");
    CHECK(read.cells[i].cell.dataset == "made-up");
    CHECK(read.cells[i].cell.split == "test");
    CHECK(read.cells[i].cell.seed == plan.cells[i].cell.seed);
    CHECK(read.cells[i].reason == plan.cells[i].reason);
  }
  CHECK(read.digest() == plan.digest());

  const std::string before = test::bytes_of(dir / "s.db");
  plan.name = "renamed";
  plan.manifest = "{ \"models\" : \"all\" }";
  StoreWriter writer(dir / "s.db", false, "{}");
  Transaction again(writer.database());
  CHECK(writer.put_plan(plan).name == "sweep");
  again.commit();
  CHECK((test::bytes_of(dir / "s.db") == before));
}

TEST_CASE("the digest of a plan changes with every part of every cell, and with their order") {
  std::set<Digest> seen;
  StoredPlan plan = test::plan_of(2, 10);
  const auto fresh = [&] { return seen.insert(plan.digest()).second; };
  CHECK(fresh());
  plan.name = "other";
  plan.manifest = "{}";
  plan.made_at = "now";
  CHECK_FALSE(fresh());
  std::swap(plan.cells[0], plan.cells[1]);
  CHECK(fresh());
  results::PlannedCell& one = plan.cells[1];
  one.cell.config += " ";
  CHECK(fresh());
  one.cell.model = "x";
  CHECK(fresh());
  one.cell.task = "captioning";
  CHECK(fresh());
  one.cell.dataset = "x";
  CHECK(fresh());
  one.cell.split = "x";
  CHECK(fresh());
  one.cell.seed = {};
  CHECK(fresh());
  one.reason = "x";
  CHECK(fresh());
  plan.cells.pop_back();
  CHECK(fresh());
  plan.cells.clear();
  CHECK(fresh());
}

TEST_CASE("a plan is found by its id, its name, or as the last that was made") {
  const test::TempDir dir;
  StoreWriter store(dir / "s.db", true, "{}");
  CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_plan(""); }),
             ContainsSubstring("the store has no plan"));
  Transaction all(store.database());
  for (const auto& [cells, time] : {std::pair(1, "2025-01-01T00:00:00Z"),
                                    {2, "2025-01-03T00:00:00Z"},
                                    {3, "2025-01-02T00:00:00Z"}}) {
    StoredPlan plan = test::plan_of(static_cast<std::size_t>(cells), 10);
    plan.name = cells == 2 ? "early" : "twice";
    store.record_as_of("{}", time);
    (void)store.put_plan(plan);
  }
  all.commit();
  CHECK(store.find_plan("").cells.size() == 2);
  CHECK(store.find_plan("early").cells.size() == 2);
  const std::string id = test::plan_of(3, 10).id();
  CHECK(id.size() == 12);
  CHECK(store.find_plan(id).cells.size() == 3);
  CHECK(store.find_plan(id.substr(0, 4)).cells.size() == 3);
  CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_plan("twice"); }),
             ContainsSubstring("2 plans are called 'twice' // name one by its id: ") &&
                 ContainsSubstring(id));
  CHECK_THAT(complaint(Code::kUsage, [&] { (void)store.find_plan(id.substr(0, 3)); }),
             ContainsSubstring("no plan") && ContainsSubstring(id + " (twice)"));
}

TEST_CASE("a manifest that is no JSON is refused, and nothing of its plan is stored") {
  const test::TempDir dir;
  StoredPlan plan = test::plan_of(1, 10);
  plan.manifest = "models: all";
  CHECK_THAT(complaint(Code::kStore, [&] { test::plan_in(dir / "s.db", plan); }),
             ContainsSubstring("json_valid"));
  CHECK(results::Store(dir / "s.db").plans().empty());
}

TEST_CASE("failures are kept in their order, with environment and time, and change no digest") {
  const test::TempDir dir;
  test::plan_in(dir / "s.db", test::plan_of(2, 10));
  const Digest before = test::content_digest(dir / "s.db");
  StoreWriter store(dir / "s.db", false, R"({"cupel":"failing"})");
  Transaction all(store.database());
  store.add_failure(test::cell(10, 2).digest(), "out of memory");
  store.add_failure(test::cell(10, 2).digest(), "out of memory");
  store.record_as_of("{}", "2025-01-02T03:04:05Z");
  store.add_failure(test::cell(10, 1).digest(), "no weights");
  all.commit();
  const auto failures = store.failures();
  REQUIRE(failures.size() == 3);
  CHECK(failures[0].cell == test::cell(10, 2).digest());
  CHECK(failures[0].what == "out of memory");
  CHECK(failures[0].environment == R"({"cupel":"failing"})");
  CHECK(failures[0].failed_at.size() == 20);
  CHECK(failures[2] == results::StoredFailure{.cell = test::cell(10, 1).digest(),
                                              .what = "no weights",
                                              .environment = "{}",
                                              .failed_at = "2025-01-02T03:04:05Z"});
  CHECK(store.content_digest() == before);
}

TEST_CASE("an overlap belongs to training data, examples and a kind, and has their length") {
  const test::TempDir dir;
  test::run_in(dir / "s.db", 20, 1, 20);
  const Digest before = test::content_digest(dir / "s.db");
  StoreWriter store(dir / "s.db", false, "{}");
  const results::Run run = store.runs().front();
  results::Overlap overlap{.training = results::prediction_digest("training"),
                           .examples = run.examples,
                           .kind = "skeleton",
                           .seen = std::vector<bool>(20)};
  overlap.seen[3] = overlap.seen[19] = true;
  Transaction all(store.database());
  store.put_overlap(overlap);
  store.put_overlap(overlap);
  CHECK(store.overlap(overlap.training, run.examples, "skeleton") == overlap);
  CHECK_FALSE(store.overlap(overlap.training, run.examples, "inchikey"));
  CHECK_FALSE(store.overlap(run.examples, run.examples, "skeleton"));
  CHECK(store.overlaps(run.examples).size() == 1);
  overlap.kind = "scaffold";
  overlap.seen.pop_back();
  CHECK_THAT(complaint(Code::kStore, [&] { store.put_overlap(overlap); }),
             ContainsSubstring("one byte an example"));
  overlap.seen.push_back(true);
  overlap.examples[0] ^= 1;
  CHECK_THAT(complaint(Code::kStore, [&] { store.put_overlap(overlap); }),
             ContainsSubstring("a set that is there"));
  overlap.examples = run.examples;
  overlap.kind = "name";
  CHECK_THAT(complaint(Code::kStore, [&] { store.put_overlap(overlap); }),
             ContainsSubstring("refused"));
  all.commit();
  CHECK(store.overlaps(run.examples).size() == 1);
  CHECK(store.content_digest() == before);
}
