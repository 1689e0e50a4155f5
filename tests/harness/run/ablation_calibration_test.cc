// The rate at which an ablation calls equal variants different, and the coverage of its intervals,
// through stores: each trial is a data set of one plan.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/run/ablation.h"
#include "tests/harness/run/made_plans.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;

constexpr int kTrials = 60;
constexpr std::size_t kRows = 40;

/// What varies: standard deviations of edit distances.
struct Truth {
  int seeds = 1;
  double effect = 0.0;
  double of_seed = 0.0;     // a training's own level
  double of_example = 0.0;  // what the switch does to an example, with whatever seed
};

unsigned distance(double number) {
  return static_cast<unsigned>(std::max(0.0, std::round(number)));
}

/// The runs of one trial: distances around 40, apart by the truth.
void put_trial(results::StoreWriter& store, const std::vector<results::Cell>& cells,
               const Truth& truth, unsigned trial) {
  std::mt19937_64 random(trial + 17);
  std::normal_distribution<double> normal(0.0, 1.0);
  std::vector<double> difficulty, own;
  for (std::size_t i = 0; i < kRows; ++i) {
    difficulty.push_back(40.0 + 4.0 * normal(random));
    own.push_back(truth.effect + truth.of_example * normal(random));
  }
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const double level = truth.of_seed * normal(random);
    std::vector<unsigned> distances;
    for (std::size_t i = 0; i < kRows; ++i)
      distances.push_back(
          distance(difficulty[i] + level + 3.0 * normal(random) + (c % 2 == 0 ? 0.0 : own[i])));
    test::put_run(store, cells[c], distances);
  }
}

struct Found {
  int alarms = 0;
  int covered = 0;
  int better = 0;
};

Found trials(const Truth& truth) {
  const test::TempDir dir;
  const auto path = dir / "s.db";
  {
    results::StoreWriter store(path, true, "{}");
    store.database().run("PRAGMA synchronous = OFF");
    std::vector<results::PlannedCell> plan;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<results::Cell> cells;
      for (int seed = 1; seed <= truth.seeds; ++seed) {
        for (const char* name : {"on", "off"}) {
          const test::MadeCell one{.name = name,
                                   .options = fmt::format(R"("switch":"{}")", name),
                                   .dataset = fmt::format("trial-{}", trial),
                                   .seed = seed};
          cells.push_back(one.cell());
          plan.push_back({.cell = cells.back(), .reason = {}});
        }
      }
      put_trial(store, cells, truth, static_cast<unsigned>(trial));
    }
    test::put_plan(store, plan);
  }
  test::score_in(path, {.resamples = 0}, test::kDistanceProtocol);
  results::Store store(path);
  const Ablation ablation = ablate(store, {.tests = {.resamples = 300, .trials = 300}});
  REQUIRE(ablation.rows.size() == std::size_t(kTrials));
  Found found;
  for (const AblationRow& row : ablation.rows) {
    REQUIRE(row.effect.has_value());
    found.alarms += row.effect->p <= 0.05 ? 1 : 0;
    found.covered += row.effect->low <= truth.effect && truth.effect <= row.effect->high ? 1 : 0;
    found.better += row.verdict == Verdict::kBetter ? 1 : 0;
  }
  return found;
}

/// Four standard errors of a count of trials.
double error_of(double share) { return 4.0 * std::sqrt(share * (1.0 - share) * kTrials) + 1.0; }

TEST_CASE("Equal variants of a plan are called different at the nominal rate", "[slow]") {
  for (const Truth& truth :
       {Truth{.seeds = 1}, Truth{.seeds = 3, .of_seed = 1.0, .of_example = 2.0}}) {
    const Found found = trials(truth);
    INFO(truth.seeds << " seeds, " << truth.of_seed << ": " << found.alarms << " alarms, "
                     << found.covered << " covered, of " << kTrials);
    CHECK(found.alarms <= 0.05 * kTrials + error_of(0.05));
    CHECK(found.alarms >= 0.03 * kTrials - error_of(0.03));
    CHECK(found.covered >= 0.95 * kTrials - error_of(0.05));
    CHECK(found.covered <= 0.97 * kTrials + error_of(0.03));
  }
}

TEST_CASE("Planted effects are found, and the intervals cover the truth", "[slow]") {
  for (const Truth& truth :
       {Truth{.seeds = 1, .effect = -4.0, .of_example = 2.0},
        Truth{.seeds = 5, .effect = -4.0, .of_seed = 1.0, .of_example = 2.0}}) {
    const Found found = trials(truth);
    INFO(truth.seeds << " seeds: " << found.alarms << " found, " << found.covered << " covered, of "
                     << kTrials);
    CHECK(found.alarms >= 0.9 * kTrials);
    CHECK(found.better == found.alarms);  // a smaller distance; each is alone in its family
    CHECK(found.covered >= 0.95 * kTrials - error_of(0.05));
    CHECK(found.covered <= 0.97 * kTrials + error_of(0.03));
  }
}

}  // namespace
