// How often a gate is wrong, and how often it finds what was planted, by simulation. Figures on
// real predictions: reports/measured/gate.json, by tests/bench/gate_rates.cc.
#include <cmath>

#include <catch2/catch_test_macros.hpp>

#include "metrics/significance/binomial.h"
#include "tests/metrics/significance/gate_simulation.h"

namespace {

using cupel::metrics::binomial_interval;
using cupel::test::Answers;

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kGates = 300;  // some thirty times slower, and nothing new to be seen
#else
constexpr std::size_t kGates = 10'000;
#endif

/// The 95 % interval of the rate does not lie above `nominal`.
bool not_above(std::size_t count, const Answers& answers, double nominal) {
  return binomial_interval(count, answers.gates, 0.95).low <= nominal;
}

}  // namespace

TEST_CASE("10,000 gates of equal runs find a regression at the nominal rate or below") {
  const auto pairs = cupel::test::pairs_like_molecules(3000, 5);
  const Answers found = cupel::test::simulate_scores(
      pairs, {.rows = 100, .gates = kGates, .trials = 499, .draws = 50});
  INFO(found.regressions << " of " << found.gates);
  CHECK(not_above(found.regressions, found, 0.05));
  // But they are tests: three metrics that hang together are found at least as often as one of
  // them alone at a third of the level.
  CHECK(static_cast<double>(found.regressions) > 0.01 * static_cast<double>(found.gates));
}

TEST_CASE("runs that are worse by the tolerance pass at the nominal rate or below") {
  const auto pairs = cupel::test::pairs_like_molecules(3000, 6);
  const Answers found = cupel::test::simulate_scores(pairs, {.rows = 100,
                                                             .gates = kGates,
                                                             .trials = 99,
                                                             .draws = 200,
                                                             .limits = {.tolerance = 0.05},
                                                             .drop = 0.05});
  INFO(found.passes << " of " << found.gates);
  CHECK(not_above(found.passes, found, 0.05));
}

TEST_CASE("10,000 gates of equal times find a regression at the nominal rate or below") {
  for (const std::size_t repetitions : {4U, 10U, 25U}) {
    // Noise of 10 %, so that the minimum effect does not hide the test.
    const auto found = cupel::test::simulate_times(
        {.repetitions = repetitions, .gates = kGates, .noise = 0.1, .limits = {.tolerance = 1e-3}});
    INFO(repetitions << ": " << found.regressions << " of " << found.gates);
    CHECK(not_above(found.regressions, found, 0.05));
    CHECK(not_above(found.passes, found, 0.06));  // nearly no tolerance
    CHECK(found.regressions > found.gates / 100);
  }
}

TEST_CASE("a planted slow-down of 5 % is found, and what a gate says that it could see it sees") {
  const auto planted = cupel::test::simulate_times({.gates = kGates / 5, .growth = 0.05});
  INFO(planted.detectable);
  CHECK(planted.detectable < 0.05);  // power 0.8 at less than 5 %
  CHECK(static_cast<double>(planted.regressions) > 0.8 * static_cast<double>(planted.gates));
  const auto stated =
      cupel::test::simulate_times({.gates = kGates / 5, .growth = planted.detectable});
  const double power = static_cast<double>(stated.regressions) / static_cast<double>(stated.gates);
  INFO(power);
  CHECK(power > 0.74);
  CHECK(power < 0.9);
}
