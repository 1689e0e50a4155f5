/// The rank of a query's target among scored candidates, with its ties kept apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cupel::metrics {

/// Where a target stands when other candidates share its score.
enum class TieRule : std::uint8_t {
  kOptimistic,   ///< before all of them
  kExpected,     ///< in the mean over all orders of the tied ones
  kPessimistic,  ///< behind all of them
  /// `retrieva_metrics` of Atomas (utils/retrieval_metrics.py): at each of the tied positions,
  /// every one counted as a query of its own; a query whose target is not finite is dropped.
  kAtomas,
};

/// The rule of this name in protocols: "optimistic", "expected", "pessimistic", "atomas".
/// Throws Error{kUsage} for another name.
[[nodiscard]] TieRule tie_rule(std::string_view name);

/// What one query's scores say about its target; enough for its rank under every rule.
/// NaN is the lowest score of all, below minus infinity, and equal to NaN: it never helps a target.
struct TieRank {
  std::uint32_t better = 0;      ///< other candidates that score higher
  std::uint32_t equal = 0;       ///< other candidates that score the same
  std::uint32_t candidates = 0;  ///< all of them, the target included
  bool finite = true;            ///< the target's score is neither NaN nor infinite
  bool operator==(const TieRank&) const = default;
};

/// `target` is an index into `scores` (asserted).
[[nodiscard]] TieRank rank_of(std::span<const float> scores, std::size_t target);
[[nodiscard]] TieRank rank_of(std::span<const double> scores, std::size_t target);

// A query adds the following to a mean, and `weight` to its divisor. Under kAtomas these are sums
// over the tied positions; under kExpected means over all orders of the tied ones, in closed form.

/// 1, except under kAtomas: the number of tied positions, or 0 for a target that is not finite.
[[nodiscard]] double weight(const TieRank& rank, TieRule rule);
/// Positions (a share of one, under kExpected) among the first k.
[[nodiscard]] double hits(const TieRank& rank, TieRule rule, std::size_t k);
/// Sum of 1 / position, positions from 1.
[[nodiscard]] double reciprocal(const TieRank& rank, TieRule rule);
/// Sum of positions, from 1.
[[nodiscard]] double position(const TieRank& rank, TieRule rule);

}  // namespace cupel::metrics
