/// Gates between made-up runs, thousands of them: how often they are wrong, and how often they find
/// what was planted. For a test, and for the program that wrote reports/measured/gate.json.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "harness/core/parallel.h"
#include "metrics/significance/decision.h"
#include "metrics/significance/holm.h"
#include "tests/metrics/significance/paired_runs.h"

namespace cupel::test {

/// Statistics of two models on the same examples: one number a row and metric.
struct RealPairs {
  std::vector<std::vector<double>> baseline;  ///< by metric, then by row
  std::vector<std::vector<double>> candidate;
};

/// Like two language models on ChEBI-20: two out of five predictions are alike; the others have
/// similarities that hang together. One metric is 0 or 1, one is a similarity, one is nearly it.
inline RealPairs pairs_like_molecules(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  RealPairs pairs{.baseline = std::vector(3, std::vector<double>(rows)),
                  .candidate = std::vector(3, std::vector<double>(rows))};
  for (std::size_t i = 0; i < rows; ++i) {
    const double ease = uniform(random);
    const bool alike = uniform(random) < 0.4;
    const double other = uniform(random);
    for (auto* side : {&pairs.baseline, &pairs.candidate}) {
      const double noise = alike ? other : uniform(random);
      const double similarity = std::min(1.0, 0.6 * ease + 0.6 * noise);
      (*side)[0][i] = similarity == 1.0 ? 1.0 : 0.0;
      (*side)[1][i] = similarity;
      (*side)[2][i] = similarity * (0.9 + 0.1 * ease);
    }
  }
  return pairs;
}

struct SimulatedGate {
  std::size_t rows = 200;
  std::size_t gates = 10'000;
  std::size_t trials = 999;
  std::size_t draws = 100;
  double alpha = 0.05;
  metrics::Limits limits{.tolerance = 0.01, .minimum_effect = 0.0};
  double drop = 0.0;  ///< planted in each metric
  std::uint64_t seed = 1;
};

struct Answers {
  std::size_t gates = 0;
  std::size_t regressions = 0;  ///< gates with any
  std::size_t passes = 0;       ///< gates of which all rows pass
  double detectable =
      0.0;  ///< mean of what they said they could see with power 0.8 (of the first metric)
};

/// Each gate draws examples with replacement from `pairs`, lets each change sides with probability
/// ½ (so that the two are alike), takes `drop` from the candidate, and decides all metrics as
/// run_gate does.
inline Answers simulate_scores(const RealPairs& pairs, const SimulatedGate& what) {
  const Ratio ratio;
  const std::size_t count = pairs.baseline.size();
  std::atomic<std::size_t> regressions = 0, passes = 0;
  std::vector<double> seen(what.gates);
  parallel_for(what.gates, 0, [&](std::size_t g) {
    std::mt19937_64 random(what.seed * 1'000'003 + g);
    std::vector<Runs> made(count, {StatisticTable(what.rows, 2), StatisticTable(what.rows, 2)});
    for (std::size_t i = 0; i < what.rows; ++i) {
      const std::size_t row = random() % pairs.baseline[0].size();
      const bool swap = random() % 2 == 1;
      for (std::size_t m = 0; m < count; ++m) {
        const double one = pairs.baseline[m][row], other = pairs.candidate[m][row];
        made[m].baseline.row(i)[0] = swap ? other : one;
        made[m].candidate.row(i)[0] = (swap ? one : other) - what.drop;
        made[m].baseline.row(i)[1] = made[m].candidate.row(i)[1] = 1.0;
      }
    }
    std::vector<metrics::OrientedRuns> runs;
    for (const Runs& one : made) runs.push_back({{&ratio, &one.baseline, &one.candidate}, true});
    const auto found = metrics::paired_evidence(
        runs,
        {.alpha = what.alpha, .draws = what.draws, .trials = what.trials, .seed = g, .jobs = 1});
    std::vector<double> p;
    for (const auto& one : found) p.push_back(one->evidence.p);
    const auto adjusted = metrics::holm_adjusted(p);
    bool any = false, all = true;
    for (std::size_t m = 0; m < count; ++m) {
      const auto decision =
          metrics::decide(found[m]->evidence, what.limits, what.alpha, adjusted[m]);
      any = any || decision == metrics::Decision::kRegression;
      all = all && decision == metrics::Decision::kPass;
    }
    regressions += any ? 1U : 0U;
    passes += all ? 1U : 0U;
    seen[g] = metrics::smallest_detectable(found[0]->evidence, what.limits,
                                           what.alpha / static_cast<double>(count), 0.8)
                  .value_or(0.0);
  });
  return {.gates = what.gates,
          .regressions = regressions,
          .passes = passes,
          .detectable =
              std::accumulate(seen.begin(), seen.end(), 0.0) / static_cast<double>(what.gates)};
}

struct SimulatedTimes {
  std::size_t repetitions = 10;  ///< a side
  std::size_t gates = 10'000;
  double noise = 0.015;  ///< standard deviation of the logarithm
  double growth = 0.0;   ///< planted share
  double alpha = 0.05;
  metrics::Limits limits{.tolerance = std::log1p(0.05), .minimum_effect = std::log1p(0.03)};
  std::uint64_t seed = 1;
};

/// Gates of one benchmark with log-normal noise.
inline Answers simulate_times(const SimulatedTimes& what) {
  std::atomic<std::size_t> regressions = 0, passes = 0;
  std::vector<double> seen(what.gates);
  parallel_for(what.gates, 0, [&](std::size_t g) {
    std::mt19937_64 random(what.seed * 1'000'003 + g);
    std::lognormal_distribution<double> noise(0.0, what.noise);
    std::vector<double> before(what.repetitions), after(what.repetitions);
    for (double& time : before) time = noise(random);
    for (double& time : after) time = (1.0 + what.growth) * noise(random);
    const auto evidence = metrics::cost_evidence(before, after, what.alpha);
    const auto decision = metrics::decide(evidence, what.limits, what.alpha, evidence.p);
    regressions += decision == metrics::Decision::kRegression ? 1U : 0U;
    passes += decision == metrics::Decision::kPass ? 1U : 0U;
    seen[g] = std::expm1(
        metrics::smallest_detectable(evidence, what.limits, what.alpha, 0.8).value_or(0.0));
  });
  return {.gates = what.gates,
          .regressions = regressions,
          .passes = passes,
          .detectable =
              std::accumulate(seen.begin(), seen.end(), 0.0) / static_cast<double>(what.gates)};
}

}  // namespace cupel::test
