#include "harness/run/plan_variants.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/harness/run/made_plans.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::MadeCell;
using Settings = std::vector<SettingDifference>;

struct Fixture {
  test::TempDir dir;
  results::StoreWriter store{dir / "s.db", true, "{}"};
  std::vector<results::PlannedCell> cells;

  void plan(const MadeCell& one, const std::string& reason = "") {
    cells.push_back({.cell = one.cell(), .reason = reason});
  }
  std::vector<PlanVariant> variants() {
    return plan_variants(store, {.name = "p", .manifest = "{}", .cells = cells});
  }
};

TEST_CASE_METHOD(Fixture, "Variants differ in options, whatever cells, seeds and data sets say") {
  for (const char* dataset : {"x", "y"}) {
    for (const int seed : {1, 2}) {
      plan({.name = "full", .options = R"("ga":1.0,"levels":3)", .dataset = dataset, .seed = seed});
      plan({.name = "flat", .options = R"("ga":1.0,"levels":1)", .dataset = dataset, .seed = seed});
      plan({.name = "bare", .options = R"("ga":0.0,"levels":0)", .dataset = dataset, .seed = seed});
      plan({.name = "same", .options = R"("ga":1.0,"levels":3)", .dataset = dataset, .seed = seed});
    }
  }
  const auto all = variants();
  REQUIRE(all.size() == 4);
  CHECK(all[1].name == "flat");
  CHECK(switch_between(all[0], all[1]) == Settings{{"option", "levels", "3", "1"}});
  CHECK(switch_between(all[0], all[2]) ==
        Settings{{"option", "ga", "1", "0"}, {"option", "levels", "3", "0"}});
  CHECK(switch_between(all[2], all[0]) ==
        Settings{{"option", "ga", "0", "1"}, {"option", "levels", "0", "3"}});
  CHECK(switch_between(all[0], all[3]).empty());
  CHECK(all[0].known);
}

TEST_CASE_METHOD(Fixture, "An option of a stage counts once with those of the answers") {
  const auto stage = [&](const char* options) { return test::put_stage(store, options); };
  const Digest deep = stage(R"("levels":3,"rate":0.1)");
  const Digest flat = stage(R"("levels":1,"rate":0.1)");
  plan({.name = "deep", .options = R"("beams":1,"levels":3)", .stage = deep});
  plan({.name = "flat", .options = R"("beams":1,"levels":1)", .stage = flat});
  plan({.name = "wide", .options = R"("beams":5,"levels":3)", .stage = deep});
  plan({.name = "fast",
        .options = R"("beams":1,"levels":3)",
        .stage = stage(R"("levels":3,"rate":0.2)")});
  const auto all = variants();
  CHECK(switch_between(all[0], all[1]) == Settings{{"option", "levels", "3", "1"}});
  CHECK(switch_between(all[0], all[2]) == Settings{{"option", "beams", "1", "5"}});
  CHECK(switch_between(all[0], all[3]) == Settings{{"option", "rate", "0.1", "0.2"}});
  CHECK(switch_between(all[1], all[3]).size() == 2);
}

TEST_CASE_METHOD(Fixture, "A training that is left out is one setting, whatever it was made of") {
  const Digest stage = test::put_stage(store, R"("levels":3,"rate":0.1)");
  plan({.name = "trained", .options = R"("beams":1)", .stage = stage});
  plan({.name = "raw", .options = R"("beams":1)"});
  const auto all = variants();
  CHECK(switch_between(all[0], all[1]) ==
        Settings{{"stages", "stages", "pretraining on pairs", "none"}});
}

TEST_CASE_METHOD(Fixture,
                 "Of another model the options that only one has are no further settings") {
  plan({.name = "a", .options = R"("depth":3,"width":8)", .model = "forest"});
  plan({.name = "b", .options = R"("depth":4,"trees":8)", .model = "bush"});
  plan({.name = "c", .options = R"("depth":3)", .model = "forest"});
  const auto all = variants();
  CHECK(switch_between(all[0], all[1]) ==
        Settings{{"model", "model", "forest", "bush"}, {"option", "depth", "3", "4"}});
  CHECK(switch_between(all[0], all[2]) == Settings{{"option", "width", "8", std::nullopt}});
}

TEST_CASE_METHOD(Fixture, "A variant whose training nobody began is not known") {
  const Digest known = test::put_stage(store, R"("levels":3)");
  const Digest never = sha256("never begun");
  plan({.name = "a", .options = "", .seed = 1, .stage = never});
  plan({.name = "a", .options = "", .seed = 2, .stage = known});
  plan({.name = "b", .options = "", .seed = 1, .stage = never});
  plan({.name = "c", .options = "", .seed = 1, .stage = never}, "cannot write");
  const auto all = variants();
  CHECK(all[0].known);  // of seed 2
  CHECK_FALSE(all[1].known);
  CHECK(all[2].known);  // it is never to be trained
}

TEST_CASE_METHOD(Fixture, "The reference differs from the most others in one setting") {
  plan({.name = "corner", .options = R"("ga":0,"levels":0)"});
  plan({.name = "middle", .options = R"("ga":1,"levels":3)"});
  plan({.name = "left", .options = R"("ga":0,"levels":3)"});
  plan({.name = "right", .options = R"("ga":1,"levels":1)"});
  plan({.name = "up", .options = R"("ga":1,"levels":2)"});
  const auto all = variants();
  const auto chosen = choose_reference(all, "");
  CHECK(all[chosen.place].name == "middle");
  CHECK(chosen.why == "it differs from 3 of 4 others in exactly one setting");
  const auto named = choose_reference(all, "left");
  CHECK(all[named.place].name == "left");
  CHECK(named.why == "it was named");
  try {
    static_cast<void>(choose_reference(all, "middel"));
    FAIL("no such variant");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what(), ContainsSubstring("the plan has no variant 'middel'"));
    CHECK_THAT(error.hint(), ContainsSubstring("did you mean 'middle'?"));
  }
}

TEST_CASE_METHOD(Fixture, "Of several references the first is chosen, and one variant is too few") {
  plan({.name = "one", .options = R"("levels":1)"});
  CHECK_THROWS_AS(choose_reference(variants(), ""), Error);
  plan({.name = "two", .options = R"("levels":2)"});
  const auto chosen = choose_reference(variants(), "");
  CHECK(chosen.place == 0);
  CHECK_THAT(chosen.why, ContainsSubstring("1 of 1 others") &&
                             ContainsSubstring("as others do; of these it is the first"));
}

}  // namespace
