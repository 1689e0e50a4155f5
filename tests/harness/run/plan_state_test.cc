#include "harness/run/plan_state.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;

void fail_in(const std::filesystem::path& path, const results::Cell& cell, const char* what) {
  results::StoreWriter store(path, true, "{}");
  results::Transaction all(store.database());
  store.add_failure(cell.digest(), what);
  all.commit();
}

}  // namespace

TEST_CASE("each cell of a plan is complete, partial, failed, missing or not applicable") {
  const test::TempDir dir;
  results::StoredPlan plan = test::plan_of(7, 40);
  plan.cells[5].reason = "it has no captions";
  plan.cells[6] = plan.cells[0];  // means the same
  plan.cells[6].cell.model = "alias";
  test::run_in(dir / "s.db", 40, 1, 40);
  test::run_in(dir / "s.db", 40, 2, 15);
  test::run_in(dir / "s.db", 40, 3, 7);
  fail_in(dir / "s.db", test::cell(40, 3), "first");
  fail_in(dir / "s.db", test::cell(40, 3), "last");
  fail_in(dir / "s.db", test::cell(40, 4), "no weights");
  fail_in(dir / "s.db", test::cell(40, 1), "before it was done");
  test::run_in(dir / "s.db", 41, 1, 41);
  results::Store store(dir / "s.db");
  const PlanState state = plan_state(store, plan);
  std::vector<std::string> described;
  for (const PlannedState& one : state.cells) described.push_back(one.describe());
  CHECK(described == std::vector<std::string>{"complete", "15 of 40 predictions", "failed: last",
                                              "failed: no weights", "missing",
                                              "not applicable: it has no captions", "complete"});
  CHECK(state.cells[2].stored == 7);
  CHECK(state.cells[2].size == 40);
  CHECK(state.cells[4].size == 0);
  CHECK(state.cells[0].id() == to_hex(test::cell(40, 1).digest()).substr(0, 12));
  CHECK(state.count(CellState::kComplete) == 2);
  CHECK(state.count(CellState::kPartial) == 1);
  CHECK(state.count(CellState::kFailed) == 2);
  CHECK(state.count(CellState::kMissing) == 1);
  CHECK(state.count(CellState::kNotApplicable) == 1);
  REQUIRE(state.unplanned.size() == 1);
  CHECK(state.unplanned.front().size == 41);
  // A failed cell that was tried again, with success, is complete.
  test::run_in(dir / "s.db", 40, 3, 40);
  CHECK(plan_state(store, plan).cells[2].describe() == "complete");
}

TEST_CASE("the wanted scores of a cell are those of its task, and counted when complete") {
  const test::TempDir dir;
  results::StoredPlan plan = test::plan_of(3, 40);
  plan.cells[2].reason = "not to be run";
  test::run_in(dir / "s.db", 40, 1, 40);
  test::score_in(dir / "s.db", {.resamples = 0});
  test::run_in(dir / "s.db", 40, 2, 15);
  results::Store store(dir / "s.db");
  const std::vector<std::int64_t> quick = {store.protocols().at(0).key};
  const std::vector<WantedScore> wanted = {
      {.task = "generation", .protocol = "quick", .protocol_keys = quick, .metric = "levenshtein"},
      {.task = "generation", .protocol = "quick", .protocol_keys = quick, .metric = "exact"},
      {.task = "generation", .protocol = "slow", .protocol_keys = {}, .metric = "levenshtein"},
      {.task = "captioning", .protocol = "quick", .protocol_keys = quick, .metric = "levenshtein"}};
  const PlanState state = plan_state(store, plan, wanted);
  CHECK(state.cells[0].wanted == 3);
  CHECK(state.cells[0].scored == 1);
  CHECK(state.cells[1].wanted == 3);
  CHECK(state.cells[1].scored == 0);
  CHECK(state.cells[2].wanted == 0);
  CHECK(plan_state(store, plan).cells[0].wanted == 0);
}
