// Models that fail, and data that are not as they should be: the other cells go on.
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/run/runner.h"
#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::made_task;
using test::Script;

struct Fault {
  std::string task;
  std::function<void(Script&)> plant;
  Code code;
  std::string what;
};

std::vector<Fault> faults() {
  const auto texts = [](std::function<void(std::vector<std::string>&)> change) {
    return [change](Script& script) { script.on_texts = change; };
  };
  const auto numbers = [](std::function<void(std::vector<float>&)> change) {
    return [change](Script& script) { script.on_numbers = change; };
  };
  const std::string wrong = "the model gave ";
  return {
      {"captioning",
       [](Script& script) { script.on_fit = [] { throw Error(Code::kCapability, "no GPU"); }; },
       Code::kCapability, "no GPU"},
      {"captioning", [](Script& script) { script.on_fit = [] { throw std::bad_alloc(); }; },
       Code::kCapability, "out of memory"},
      {"generation", texts([](auto&) { throw Error(Code::kIncomplete, "too long"); }),
       Code::kIncomplete, "too long"},
      {"captioning", texts([](auto& all) { all.pop_back(); }), Code::kIncomplete,
       wrong + "39 outputs where 40 were asked for"},
      {"generation", texts([](auto& all) { all.emplace_back("C"); }), Code::kIncomplete,
       wrong + "41 outputs where 40 were asked for"},
      {"captioning", texts([](auto& all) { all[11] = "caf\xE9"; }), Code::kIncomplete,
       "the model's output for row 12 is not UTF-8"},
      {"generation", texts([](auto& all) { all[0] = std::string("C\0C", 3); }), Code::kIncomplete,
       "the model's output for row 1 holds a NUL byte"},
      {"text-to-molecule-retrieval", numbers([](auto& all) { all.pop_back(); }), Code::kIncomplete,
       wrong + "1599 scores where 1600 were asked for"},
      {"property-bbbp", numbers([](auto& all) { all.push_back(1); }), Code::kIncomplete,
       wrong + "81 numbers where 80 were asked for"},
      {"property-bbbp", numbers([](auto& all) { all[5] = std::nanf(""); }), Code::kIncomplete,
       "the model's answer for row 3 is not finite"},
      {"property-bbbp",
       numbers([](auto& all) { all[79] = std::numeric_limits<float>::infinity(); }),
       Code::kIncomplete, "the model's answer for row 40 is not finite"},
  };
}

struct Place {
  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
};

}  // namespace

TEST_CASE("a model that fails is recorded, the others go on, and a mended one completes") {
  const Place place;
  std::map<std::string, Digest> undisturbed;  // by task
  for (const Fault& fault : faults()) {
    CAPTURE(fault.task, fault.what);
    const test::TempDir dir;
    const auto healthy = std::make_shared<Script>();
    const auto broken = std::make_shared<Script>();
    const auto& set = fault.task == "property-bbbp" ? place.labels : place.pairs;
    const Plan plan(
        test::made_manifest({test::fake_model("first", healthy), test::fake_model("broken", broken),
                             test::fake_model("last", healthy)},
                            {made_task(fault.task, set)}));
    if (!undisturbed.contains(fault.task)) {
      REQUIRE(test::run_plan(plan, dir / "whole.db", test::roots(place.dir)).failures.size() == 0);
      undisturbed[fault.task] = test::content_digest(dir / "whole.db");
      broken->asked = 0;
    }
    fault.plant(*broken);
    const auto store = dir / "s.db";
    const RunSummary summary = test::run_plan(plan, store, test::roots(place.dir));
    CHECK(summary.done == 2);
    CHECK(summary.failures.size() == 1);
    CHECK(summary.failures == std::vector{fault.code});
    CHECK_FALSE(summary.interrupted);
    {
      results::Store opened(store);
      const PlanState state = plan_state(opened, plan.stored(), wanted_scores(opened, plan));
      CHECK(state.cells[0].state == CellState::kComplete);
      CHECK(state.cells[1].state == CellState::kFailed);
      CHECK_THAT(state.cells[1].failure, ContainsSubstring(fault.what));
      CHECK(state.cells[2].state == CellState::kComplete);
      CHECK(state.cells[2].scored == state.cells[2].wanted);
    }
    *broken = {};
    const std::size_t asked = healthy->asked;
    CHECK(test::run_plan(plan, store, test::roots(place.dir)).failures.size() == 0);
    CHECK(broken->asked == 40);
    CHECK(healthy->asked == asked);
    CHECK(test::content_digest(store) == undisturbed[fault.task]);
  }
}

TEST_CASE("a score against a gallery that is not finite is an answer, and never a good one") {
  const Place place;
  const auto script = std::make_shared<Script>();
  script->on_numbers = [](auto& all) { all.assign(all.size(), std::nanf("")); };
  const Plan plan(test::made_manifest({test::fake_model("nan", script)},
                                      {made_task("text-to-molecule-retrieval", place.pairs)}));
  CHECK(test::run_plan(plan, place.dir / "s.db", test::roots(place.dir)).done == 1);
  results::Store store(place.dir / "s.db");
  const auto measurements = store.measurements(store.find_run("nan"));
  // All tie: the mean of 1 / rank over all orders of 40.
  double mean = 0;
  for (int rank = 1; rank <= 40; ++rank) mean += 1.0 / rank / 40;
  CHECK(std::abs(measurements.at(0).score->value.value() - mean) < 1e-12);
}

TEST_CASE("data that are missing, changed or empty fail each of their cells, and nothing else") {
  const Place place;
  auto gone = test::made_set(place.dir, "gone", {});
  gone.parts[1].files[0].path = "nowhere.tsv";
  auto changed = test::made_set(place.dir, "changed", {});
  test::write_bytes(place.dir / "changed-test.tsv", test::made_rows(1, 40, false));
  const auto empty = test::made_set(place.dir, "empty", {.train = 20, .test = 0});
  const auto few = test::made_set(place.dir, "few", {.train = 0, .test = 19, .shared = 0});
  const auto script = std::make_shared<Script>();
  const Plan plan(test::made_manifest(
      {test::fake_model("one", script), test::fake_model("two", script)},
      {made_task("captioning", gone), made_task("captioning", changed),
       made_task("captioning", empty), made_task("text-to-molecule-choice", few),
       made_task("captioning", place.pairs)}));
  const RunSummary summary = test::run_plan(plan, place.dir / "s.db", test::roots(place.dir));
  CHECK(summary.done == 2);
  CHECK(summary.failures == std::vector{Code::kCapability, Code::kCapability, Code::kIntegrity,
                                        Code::kIntegrity, Code::kUsage, Code::kUsage, Code::kUsage,
                                        Code::kUsage});
  results::Store store(place.dir / "s.db");
  const PlanState state = plan_state(store, plan.stored());
  std::vector<std::string> said;
  for (const PlannedState& cell : state.cells) said.push_back(cell.describe());
  REQUIRE(said.size() == 10);
  for (std::size_t i = 0; i < said.size(); ++i) {
    const char* expected = i < 2   ? "failed: gone: "
                           : i < 4 ? "failed: changed: "
                           : i < 6 ? "failed: data set 'empty' has no test rows"
                           : i < 8
                               ? "failed: a choice among 20 needs as many test rows; there are 19"
                               : "complete";
    CHECK_THAT(said[i], ContainsSubstring(expected));
  }
}

TEST_CASE("a task on two data sets is asked for as many scores as it has") {
  const Place place;
  const auto other = test::made_set(place.dir, "other", {.train = 0, .test = 25, .shared = 0});
  const Plan plan(
      test::made_manifest({test::fake_model("fake", std::make_shared<Script>())},
                          {made_task("captioning", place.pairs), made_task("captioning", other)}));
  static_cast<void>(test::run_plan(plan, place.dir / "s.db", test::roots(place.dir)));
  results::Store store(place.dir / "s.db");
  const PlanState state = plan_state(store, plan.stored(), wanted_scores(store, plan));
  CHECK(state.cells[0].wanted == 1);
  CHECK(state.cells[0].scored == 1);
}
