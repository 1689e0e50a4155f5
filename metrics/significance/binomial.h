/// What a count of successes says of their probability.
#pragma once

#include <cstddef>

#include "metrics/significance/resample.h"

namespace cupel::metrics {

/// The exact interval (Clopper and Pearson 1934); [0, 1] without trials. Equals
/// scipy.stats.binomtest(successes, trials).proportion_ci(confidence, "exact").
[[nodiscard]] Bounds binomial_interval(std::size_t successes, std::size_t trials,
                                       double confidence);

}  // namespace cupel::metrics
