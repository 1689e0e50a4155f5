/// Several tests at once.
#pragma once

#include <span>
#include <vector>

namespace cupel::metrics {

/// Holm's step-down adjustment (Holm 1979): rejecting where the adjusted p is at most α makes one
/// false rejection or more among all of them with a probability of at most α, however the tests
/// depend on each other. Same order as `p`; at most 1.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

}  // namespace cupel::metrics
