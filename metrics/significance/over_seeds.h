/// Is the difference between two models more than chance, when both were trained several times?
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"
#include "metrics/significance/bootstrap.h"

namespace cupel::metrics {

/// Runs of two models under one metric. Element s of both lists was made with the same seed; row i
/// of all tables is the same example. The pointees outlive the call.
struct SeededRuns {
  const Metric* metric = nullptr;
  std::vector<const StatisticTable*> baseline;
  std::vector<const StatisticTable*> candidate;
};

/// d_s is candidate − baseline with seed s; the difference is their mean.
struct SeededComparison {
  double difference = 0.0;
  double low = 0.0;  ///< difference ∓ critical value · √(of_seeds + of_examples)
  double high = 0.0;
  double p = 1.0;            ///< two-sided: 1 − the confidence at which the interval ends at zero
  double of_seeds = 0.0;     ///< variance of the d_s (divisor S − 1) over S
  double of_examples = 0.0;  ///< mean covariance of d_s and d_r, s ≠ r, over the draws; not below 0
  std::size_t draws = 0;
  std::size_t missing = 0;  ///< draws without all differences; they are left out
};

/// What other seeds and other examples would have given: seeds and examples are both a sample, and
/// every seed meets every example. The variance is that of the analysis of readers × cases by
/// Obuchowski and Rockette (1995), with seeds for readers: the spread of the d_s holds what comes
/// of the training and of the noise of single answers; what the examples do alike with each seed is
/// the covariance of the d_s over bootstrap draws of examples (all seeds on the same draws). The
/// critical value is Cochran's (1964) for a sum of two estimated variances, the mean of Student's t
/// with S − 1 and with n − 1 degrees of freedom, weighted by of_seeds and of_examples. Hillis's
/// (2007) degrees of freedom, usual for readers, call equal runs different in up to 12 % of the
/// cases when there are two seeds, Cochran's value in at most 5 (tests/oracle/over_seeds_rates.py).
/// Instead of a comparison, the reason why there is none: a run has no score, too many draws have
/// none, or every seed and every draw has the same difference that is not zero. Throws
/// std::invalid_argument like bootstrap(), and for fewer than two seeds or another number of them
/// on one side.
[[nodiscard]] std::vector<std::expected<SeededComparison, std::string>> compare_over_seeds(
    std::span<const SeededRuns> runs, const BootstrapOptions& options);

}  // namespace cupel::metrics
