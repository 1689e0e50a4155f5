/// The contract of a metric: statistics of each example, which add up, and the score of their sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/statistics.h"

namespace cupel::metrics {

class Pair;

/// A score, or the reason why there is none ("no valid prediction"). NaN and infinity never leave a
/// metric.
using Value = std::expected<double, std::string>;

/// Immutable and thread-safe: everything that varies is in the statistics.
class Metric {
 public:
  virtual ~Metric() = default;

  /// Names of the per-example statistics, in column order. The empty name stands for the example's
  /// own value.
  [[nodiscard]] virtual std::vector<std::string> statistics() const = 0;

  /// The score of a table with one row an example. `times[i]` says how often row i counts (a
  /// bootstrap sample); empty means once each.
  [[nodiscard]] virtual Value score(const StatisticTable& rows,
                                    std::span<const std::uint32_t> times = {}) const = 0;

  /// The score as a function of the multiplicities alone. What does not depend on them (a sort) is
  /// done once, here, so that thousands of resamples are cheap. `rows` and this metric outlive the
  /// result, which is thread-safe.
  using Resampled = std::function<Value(std::span<const std::uint32_t> times)>;
  [[nodiscard]] virtual Resampled prepare(const StatisticTable& rows) const;

  /// How many examples the score's denominator holds, from the column sums.
  [[nodiscard]] virtual std::size_t counted(const StatisticTable& rows) const {
    return rows.rows();
  }
};

/// A metric whose score needs the column sums only. Resampling, resuming, sharding and re-scoring
/// then come for free.
class AdditiveMetric : public virtual Metric {
 public:
  [[nodiscard]] virtual Value finish(std::span<const double> sum) const = 0;
  [[nodiscard]] Value score(const StatisticTable& rows,
                            std::span<const std::uint32_t> times = {}) const final;
};

/// An additive metric over (prediction, reference).
class PairMetric : public AdditiveMetric {
 public:
  /// Writes statistics().size() numbers. Pure: the same pair gives the same numbers in any thread.
  virtual void measure(const Pair& pair, std::span<double> out) const = 0;
};

/// The mean of one number an example, over the examples that count. Statistics: {"" = the number,
/// "n" = 1 or 0}.
class MeanMetric : public PairMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const final { return {"", "n"}; }
  [[nodiscard]] Value finish(std::span<const double> sum) const final;
  [[nodiscard]] std::size_t counted(const StatisticTable& rows) const final;
  void measure(const Pair& pair, std::span<double> out) const final;

 protected:
  /// The number of this example, or nothing when it does not count.
  struct Counted {
    double value = 0.0;
    bool counts = true;
  };
  [[nodiscard]] virtual Counted value_of(const Pair& pair) const = 0;
};

}  // namespace cupel::metrics
