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
  double low = 0.0;  ///< difference ∓ t · √(of_seeds + of_examples)
  double high = 0.0;
  double p = 1.0;            ///< two-sided, of the same t
  double of_seeds = 0.0;     ///< variance of the d_s (divisor S − 1) over S
  double of_examples = 0.0;  ///< mean covariance of d_s and d_r, s ≠ r, over the draws; not below 0
  double degrees = 0.0;      ///< of freedom of Student's t
  std::size_t draws = 0;
  std::size_t missing = 0;  ///< draws without all differences; they are left out
};

/// What other seeds and other examples would have given: seeds and examples are both a sample,
/// every seed meets every example. This is the analysis of readers × cases by Obuchowski and
/// Rockette (1995), with seeds for readers: the spread of the d_s holds what comes of the training
/// and of the noise of single answers; what the examples do alike with each seed is the covariance
/// of the d_s over bootstrap draws of examples (all seeds on the same draws). The degrees of
/// freedom are those of Hillis (2007, Statistics in Medicine 26), V² / (of_seeds² / (S − 1) +
/// of_examples² / (n − 1)) with V their sum; he leaves out the second term, which counts when
/// examples are few. Instead of a comparison, the reason why there is none: a run has no score, too
/// many draws have none, or every seed and every draw has the same difference that is not zero.
/// Throws std::invalid_argument like bootstrap(), and for fewer than two seeds or another number of
/// them on one side.
[[nodiscard]] std::vector<std::expected<SeededComparison, std::string>> compare_over_seeds(
    std::span<const SeededRuns> runs, const BootstrapOptions& options);

}  // namespace cupel::metrics
