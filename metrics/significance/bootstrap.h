/// Bootstrap intervals of scores (Efron 1979).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "metrics/significance/resample.h"

namespace cupel::metrics {

struct BootstrapOptions {
  std::size_t draws = 1000;
  std::uint64_t seed = 1;
  double confidence = 0.95;
  unsigned jobs = 0;  ///< 0: all processors; the result does not depend on it
};

/// Throws std::invalid_argument: no draw, or a confidence that is not between 0 and 1.
void check(const BootstrapOptions& options);

struct Interval {
  double low = 0.0;
  double high = 0.0;
  double standard_error = 0.0;  ///< standard deviation of the draws' scores
  std::size_t draws = 0;
  std::size_t missing = 0;  ///< draws without a score, see percentile_bounds
};

/// Percentile intervals by drawing rows with replacement, all metrics on the same draws. Instead of
/// an interval, the reason why there is none: the score itself is missing, or too many draws have
/// no score. Throws std::invalid_argument for bad options and for tables that differ in rows.
[[nodiscard]] std::vector<std::expected<Interval, std::string>> bootstrap(
    std::span<const ScoredMetric> metrics, const BootstrapOptions& options);

}  // namespace cupel::metrics
