#include "harness/run/ablation.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "metrics/significance/holm.h"
#include "reports/ablation_report.h"
#include "reports/table.h"
#include "tests/harness/run/made_plans.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using test::MadeCell;

constexpr std::size_t kRows = 60;

/// Distances around `mean`; the same seed gives the same.
std::vector<unsigned> around(unsigned mean, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<unsigned> all;
  for (std::size_t i = 0; i < kRows; ++i)
    all.push_back(mean + static_cast<unsigned>(i % 7 + random() % 5));
  return all;
}

struct Fixture {
  test::TempDir dir;
  std::string path = (dir / "s.db").string();
  std::vector<results::PlannedCell> cells;

  void plan(const MadeCell& one, const std::string& reason = "") {
    cells.push_back({.cell = one.cell(), .reason = reason});
  }
  /// Stores plan and the runs of these cells; their distances follow from name and seed.
  void store(const std::vector<std::size_t>& done, bool reversed = false) const {
    results::StoreWriter writer(path, true, "{}");
    test::put_plan(writer, cells);
    for (const std::size_t c : done) {
      const results::Cell& cell = cells[c].cell;
      const unsigned mean = cell.model == "worse" ? 24 : 20;
      const auto seed = static_cast<unsigned>(cell.seed.value_or(0));
      test::put_run(writer, cell, around(mean, 100 * seed + unsigned(cell.model[0])), reversed);
    }
  }
  [[nodiscard]] Ablation ablated(const AblationOptions& options = {}) const {
    results::Store opened(path);
    return ablate(opened, options);
  }
  void score() const { test::score_in(path, {.resamples = 0}, test::kDistanceProtocol); }
};

/// full, worse and other, with seeds 1, 2 and 3; `other` differs in two settings.
struct Sweep : Fixture {
  Sweep() {
    for (const int seed : {1, 2, 3}) {
      plan({.name = "full", .options = R"("ga":1.0,"levels":3)", .seed = seed});
      plan({.name = "worse", .options = R"("ga":1.0,"levels":1)", .seed = seed});
      plan({.name = "other", .options = R"("ga":0.0,"levels":0)", .seed = seed});
    }
  }
};

AblationOptions quick() { return {.tests = {.resamples = 500, .trials = 500}}; }

TEST_CASE_METHOD(Sweep, "An ablation compares every variant with one, seed by seed") {
  store({0, 1, 2, 3, 4, 5, 6, 7, 8});
  score();
  const Ablation found = ablated(quick());
  CHECK(found.reference == "full");
  CHECK(found.plan_name == "sweep");
  REQUIRE(found.variants.size() == 2);
  CHECK(found.variants[0].name == "worse");
  CHECK(found.variants[0].settings.size() == 1);
  CHECK(found.variants[1].settings.size() == 2);
  CHECK(found.gaps.empty());
  REQUIRE(found.rows.size() == 2);
  const AblationRow& worse = found.rows[0];
  CHECK(worse.metric == "levenshtein");
  CHECK(worse.protocol == "distance");
  CHECK_FALSE(worse.higher_is_better);
  CHECK(worse.examples == kRows);
  CHECK(worse.seeds_planned == 3);
  REQUIRE(worse.seeds.size() == 3);
  double sum = 0.0;
  for (const AblationSeed& seed : worse.seeds) sum += *seed.variant - *seed.reference;
  REQUIRE(worse.effect.has_value());
  CHECK_THAT(worse.effect->value, WithinAbs(sum / 3, 1e-12));
  CHECK_THAT(worse.effect->value, WithinAbs(4.0, 0.5));
  CHECK(worse.effect->low < 4.0);
  CHECK(worse.effect->high > 4.0);
  CHECK(worse.verdict == Verdict::kWorse);  // less is better
  CHECK(worse.effect->of_seeds > 0.0);
  const AblationRow& other = found.rows[1];
  CHECK(other.verdict == Verdict::kUnclear);
  const auto holm = metrics::holm_adjusted(std::vector{worse.effect->p, other.effect->p});
  CHECK(worse.effect->p_holm == holm[0]);
  CHECK(other.effect->p_holm == holm[1]);
}

TEST_CASE_METHOD(Sweep, "One seed is tested on its examples alone, and the report says so") {
  store({0, 1, 2});
  score();
  const Ablation found = ablated(quick());
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].seeds.size() == 1);
  CHECK(found.rows[0].seeds_planned == 3);
  CHECK(found.rows[0].effect->of_seeds == 0.0);
  CHECK(found.rows[0].verdict == Verdict::kWorse);
  CHECK(found.gaps.size() == 6);
  const std::string text = reports::print_tables(reports::ablation_tables(found, true), "text");
  CHECK_THAT(text,
             ContainsSubstring("ONE SEED: interval and p cover the choice of examples only") &&
                 ContainsSubstring("1 of 3"));
}

TEST_CASE_METHOD(Sweep, "What is missing is named, and its seeds are left out") {
  store({0, 1, 2, 3, 5, 6, 7});
  {
    results::StoreWriter writer(path, false, "{}");
    results::Transaction adding(writer.database());
    writer.add_failure(cells[8].cell.digest(), "out of memory");
    adding.commit();
  }
  score();
  const Ablation found = ablated(quick());
  REQUIRE(found.gaps.size() == 2);
  CHECK(found.gaps[0].variant == "worse");
  CHECK(found.gaps[0].seed == 2);
  CHECK(found.gaps[0].reason == "missing");
  CHECK(found.gaps[1].variant == "other");
  CHECK(found.gaps[1].reason == "failed: out of memory");
  CHECK(found.gaps[1].incomplete);
  const AblationRow& worse = found.rows[0];
  REQUIRE(worse.seeds.size() == 2);
  CHECK(worse.seeds[1].seed == 3);
}

TEST_CASE_METHOD(Sweep, "Runs that were not scored are gaps, and their rows have a reason") {
  store({0, 3, 6});
  score();
  {
    results::StoreWriter writer(path, false, "{}");
    test::put_run(writer, cells[1].cell, around(20, 1));
  }
  const Ablation found = ablated(quick());
  CHECK(found.gaps.size() == 6);
  const auto gap = std::ranges::find_if(
      found.gaps, [](const AblationGap& one) { return one.reason != "missing"; });
  REQUIRE(gap != found.gaps.end());
  CHECK(gap->variant == "worse");
  CHECK_THAT(gap->reason, ContainsSubstring("not scored; see: cupel score --store "));
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].reason == "no seed with which both runs are scored");
  CHECK(found.rows[1].reason == "no seed with which both runs are complete");
  CHECK_FALSE(found.rows[1].effect.has_value());
}

TEST_CASE_METHOD(Fixture, "What cannot be done, and what changes nothing, is said") {
  plan({.name = "full", .options = R"("levels":3)"});
  plan({.name = "mute", .options = R"("levels":3,"lm":0)"}, "mute has no capability 'generation'");
  plan({.name = "again", .options = R"("levels":3)"});
  plan({.name = "worse", .options = R"("levels":1)"});
  store({0, 3});
  score();
  const Ablation found = ablated(quick());
  REQUIRE(found.gaps.size() == 1);
  CHECK(found.gaps[0].variant == "mute");
  CHECK_FALSE(found.gaps[0].incomplete);
  CHECK_THAT(found.gaps[0].reason, ContainsSubstring("not applicable: mute has no capability"));
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].variant == 1);
  CHECK_THAT(found.rows[0].reason, ContainsSubstring("the reference's own cells"));
  CHECK_FALSE(found.rows[0].effect.has_value());
  CHECK(found.rows[1].effect->p_holm == found.rows[1].effect->p);  // it is alone in its family
}

TEST_CASE_METHOD(Fixture, "A model without a seed stands beside every seed of the other") {
  plan({.name = "fixed", .options = "", .seed = std::nullopt, .model = "table"});
  for (const int seed : {1, 2, 3}) plan({.name = "worse", .options = "", .seed = seed});
  store({0, 1, 2, 3});
  score();
  const Ablation found = ablated(quick());
  REQUIRE(found.rows.size() == 1);
  REQUIRE(found.rows[0].seeds.size() == 3);
  CHECK(found.rows[0].seeds_planned == 3);
  for (const AblationSeed& one : found.rows[0].seeds)
    CHECK(one.reference_run == found.rows[0].seeds[0].reference_run);
}

TEST_CASE_METHOD(Sweep, "The order in which runs and examples were stored changes nothing") {
  const std::string first = path;
  store({0, 1, 2, 3, 4, 5, 6, 7, 8});
  score();
  const auto json = [](const Ablation& found) {
    return reports::print_tables(reports::ablation_tables(found, false), "json");
  };
  const std::string before = json(ablated(quick()));
  path = (dir / "t.db").string();
  {
    // The same answers: positions are turned round, and with them the examples.
    results::StoreWriter writer(path, true, "{}");
    for (const std::size_t c : {8, 2, 5, 7, 1, 4, 6, 0, 3}) {
      const results::Cell& cell = cells[std::size_t(c)].cell;
      const unsigned mean = cell.model == "worse" ? 24 : 20;
      const auto seed = static_cast<unsigned>(*cell.seed);
      test::put_run(writer, cell, around(mean, 100 * seed + unsigned(cell.model[0])), true);
    }
    test::put_plan(writer, cells);
  }
  score();
  CHECK(json(ablated(quick())) == before);
}

TEST_CASE_METHOD(Sweep, "Options narrow the choice, and unknown names are refused with a hint") {
  store({0, 1, 2, 3, 4, 5, 6, 7, 8});
  score();
  AblationOptions options = quick();
  options.reference = "worse";
  options.task = "generation";
  options.tests.metrics = {"levenshtein"};
  options.tests.protocol = "distance";
  const Ablation found = ablated(options);
  CHECK(found.reference == "worse");
  CHECK(found.why == "it was named");
  CHECK(found.rows[0].verdict == Verdict::kBetter);
  const auto refused = [&](auto&& change) -> std::string {
    AblationOptions changed = quick();
    change(changed);
    try {
      static_cast<void>(ablated(changed));
    } catch (const Error& error) {
      CHECK(error.code() == Code::kUsage);
      return error.what() + std::string("; ") + error.hint();
    }
    return {};
  };
  CHECK_THAT(refused([](auto& o) { o.reference = "wors"; }), ContainsSubstring("mean 'worse'?"));
  CHECK_THAT(refused([](auto& o) { o.task = "generatoin"; }),
             ContainsSubstring("the plan has no task") && ContainsSubstring("mean 'generation'?"));
  CHECK_THAT(refused([](auto& o) { o.tests.metrics = {"levenstein"}; }),
             ContainsSubstring("mean 'levenshtein'?"));
  CHECK_THAT(refused([](auto& o) { o.tests.metrics = {"meteor"}; }),
             ContainsSubstring("no cell of the plan is scored by the metric 'meteor'"));
  CHECK_THAT(refused([](auto& o) { o.tests.protocol = "distanc"; }),
             ContainsSubstring("mean 'distance'?"));
  CHECK_THAT(refused([](auto& o) { o.plan = "nothing"; }), ContainsSubstring("nothing"));
}

}  // namespace
