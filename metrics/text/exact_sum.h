/// The correctly rounded sum of a few doubles, as Python's math.fsum.
#pragma once

#include <span>

namespace cupel::metrics {

/// Shewchuk 1997, adaptive precision floating-point arithmetic. All terms are finite.
[[nodiscard]] double exact_sum(std::span<const double> terms);

}  // namespace cupel::metrics
