/// Are the numbers of one sample larger than those of another? For times, whose noise has a long
/// tail: ranks do not care how long.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace cupel::metrics {

/// One-sided p of the rank test (Mann and Whitney 1947) of "the candidate's numbers are not
/// larger": the share of all ways to give as many of the numbers to the candidate whose rank sum is
/// at least as large; numbers that are equal share their mean rank. Exact up to 80 numbers, ties
/// too; of more, the normal approximation with corrections for ties and continuity. Equals
/// scipy.stats.mannwhitneyu(candidate, baseline, alternative="greater"). 1 when a sample is empty.
[[nodiscard]] double rank_test_p(std::span<const double> baseline,
                                 std::span<const double> candidate);

/// The smallest p that samples of these sizes can give: 1 / (baseline + candidate over baseline).
[[nodiscard]] double smallest_rank_test_p(std::size_t baseline, std::size_t candidate);

/// By how much the candidate's numbers are larger.
struct Shift {
  double estimate = 0.0;  ///< median of all differences of a pair (Hodges and Lehmann 1963)
  double low = 0.0;       ///< each bound alone holds with at least the confidence 1 − alpha
  double high = 0.0;
  double standard_error = 0.0;  ///< of a normal distribution with this interval
};

/// The bounds invert the rank test: they are order statistics of the differences. Nothing when the
/// samples are too small for a test at the level alpha.
[[nodiscard]] std::optional<Shift> shift(std::span<const double> baseline,
                                         std::span<const double> candidate, double alpha);

}  // namespace cupel::metrics
