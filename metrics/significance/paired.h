/// Is the difference between two runs on the same rows more than chance?
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"
#include "metrics/significance/bootstrap.h"

namespace cupel::metrics {

/// Row i of both tables is the same example. The pointees outlive the call.
struct PairedRuns {
  const Metric* metric = nullptr;
  const StatisticTable* baseline = nullptr;
  const StatisticTable* candidate = nullptr;
};

/// A difference is candidate − baseline.
struct Comparison {
  double difference = 0.0;
  double low = 0.0;  ///< percentile interval of the difference
  double high = 0.0;
  double standard_error = 0.0;  ///< standard deviation of the draws' differences
  /// Two-sided: (1 + #{|d* − mean d*| ≥ |d|}) / (1 + draws), where d* is the difference in a draw.
  /// The draws are shifted to a mean of zero, so that they show what chance alone does (Riezler and
  /// Maxwell 2005). sacreBLEU's paired bootstrap instead subtracts the mean of |d*| and counts only
  /// strictly greater values, which calls too many differences significant, and a difference of
  /// exactly zero always.
  double p = 1.0;
  /// The share of draws in which the candidate scores higher, ties half (Koehn 2004).
  double greater = 0.5;
  std::size_t draws = 0;
  std::size_t missing = 0;  ///< draws without a difference; they count as extreme in p
};

/// Paired bootstrap (Koehn 2004): both runs are scored on the same draws, all metrics too. Instead
/// of a comparison, the reason why there is none. Throws std::invalid_argument like bootstrap().
[[nodiscard]] std::vector<std::expected<Comparison, std::string>> paired_bootstrap(
    std::span<const PairedRuns> runs, const BootstrapOptions& options);

struct RandomizationOptions {
  std::size_t trials = 10'000;
  std::uint64_t seed = 1;
  unsigned jobs = 0;  ///< 0: all processors; the result does not depend on it
};

/// The differences of all metrics in every trial of the randomization below. Throws like it.
[[nodiscard]] std::vector<DrawnScores> randomized_differences(std::span<const PairedRuns> runs,
                                                              const RandomizationOptions& options);

struct Randomization {
  double difference = 0.0;
  /// Two-sided: (1 + #{|d*| ≥ |d|}) / (1 + trials).
  double p = 1.0;
  std::size_t trials = 0;
  std::size_t missing = 0;  ///< trials without a difference; they count as extreme in p
};

/// Paired approximate randomization (Noreen 1989; Riezler and Maxwell 2005): in each trial every
/// row changes sides between the runs with probability ½, all metrics in the same way. Unlike
/// sacreBLEU, a trial that equals the observed difference counts against it.
[[nodiscard]] std::vector<std::expected<Randomization, std::string>> approximate_randomization(
    std::span<const PairedRuns> runs, const RandomizationOptions& options);

}  // namespace cupel::metrics
