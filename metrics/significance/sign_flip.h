/// Are differences of pairs larger than chance makes them?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cupel::metrics {

/// The one-sided permutation test of paired differences (Fisher 1935, § 21): were the two of each
/// pair drawn alike, each difference could as well have the other sign. (1 + #{Σ ± d ≥ Σ d}) /
/// (1 + trials) over random signs, so never 0; equals scipy.stats.permutation_test with
/// permutation_type "samples" and alternative "greater", up to the draws. 1 without differences.
[[nodiscard]] double sign_flip_p(std::span<const double> differences, std::size_t trials,
                                 std::uint64_t seed);

}  // namespace cupel::metrics
