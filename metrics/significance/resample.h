/// The random streams behind intervals and tests, and the scores of resampled rows.
///
/// Draw number d of seed s has a generator of its own, std::mt19937_64(m), where m is the
/// SplitMix64 output function of s + (d + 1) · 0x9E3779B97F4A7C15 (Steele, Lea and Flood 2014). So
/// a draw is the same on every platform, and whichever thread makes it. Each 64-bit output gives
/// two 32-bit words, the low half first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/statistics.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// Row numbers of one bootstrap draw, uniform over [0, rows): a word u gives the high half of
/// u · rows, unless the low half is below 2³² mod rows; then the next word is taken (Lemire 2019).
/// `rows` is below 2³² (std::invalid_argument).
void draw_rows(std::uint64_t seed, std::uint64_t draw, std::size_t rows,
               std::span<std::uint32_t> out);

/// One fair bit an element, 0 or 1: the 64-bit outputs, lowest bit first.
void draw_bits(std::uint64_t seed, std::uint64_t draw, std::span<std::uint32_t> out);

/// One metric and the table that it measured. The pointees outlive every use.
struct ScoredMetric {
  const Metric* metric = nullptr;
  const StatisticTable* rows = nullptr;
};

/// Several metrics of the same rows, ready to be scored on many resamples. Thread-safe.
/// Additive metrics share one matrix, so that a resample costs one vector addition a row.
class ResampledScores {
 public:
  /// Throws std::invalid_argument when the tables differ in rows.
  explicit ResampledScores(std::span<const ScoredMetric> metrics);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// One score a metric for the rows of `indices` (repeated as often as they occur); nothing where
  /// the resample has no score.
  void score(std::span<const std::uint32_t> indices, std::span<std::optional<double>> out) const;

 private:
  struct Additive {
    std::size_t slot;  // in `out`
    const AdditiveMetric* metric;
    std::size_t first;  // column
    std::size_t columns;
  };
  struct General {
    std::size_t slot;
    Metric::Resampled score;
  };
  void add_rows(std::span<const std::uint32_t> indices, std::span<double> sum) const;

  std::size_t rows_ = 0;
  std::size_t stride_ = 0;  // columns of the matrix, padded
  std::vector<double> matrix_;
  std::vector<Additive> additive_;
  std::vector<General> general_;
};

/// Scores of one metric, one a draw; nothing where the draw has none.
using DrawnScores = std::vector<std::optional<double>>;

/// `draws` bootstrap draws of all metrics; every metric sees the same rows in draw d, so scores of
/// two systems are paired. The result does not depend on `jobs` (0: all processors).
[[nodiscard]] std::vector<DrawnScores> bootstrap_scores(std::span<const ScoredMetric> metrics,
                                                        std::size_t draws, std::uint64_t seed,
                                                        unsigned jobs);

/// The q-quantile with linear interpolation between order statistics (Hyndman and Fan 1996, type 7;
/// numpy.percentile). `sorted` is not empty (asserted).
[[nodiscard]] double quantile(std::span<const double> sorted, double q);

/// The interval that holds the middle `confidence` of some draws.
struct Bounds {
  double low = 0.0;
  double high = 0.0;
};

/// Percentile bounds. A draw without a score might lie anywhere, so it counts as −∞ for the lower
/// bound and as +∞ for the upper; nothing when a bound is then infinite.
[[nodiscard]] std::optional<Bounds> percentile_bounds(const DrawnScores& draws, double confidence);

/// Standard deviation (divisor n − 1) of the draws that have a score; 0 for fewer than two.
[[nodiscard]] double deviation(const DrawnScores& draws);

/// Draws without a score.
[[nodiscard]] std::size_t count_missing(const DrawnScores& draws);

}  // namespace cupel::metrics
