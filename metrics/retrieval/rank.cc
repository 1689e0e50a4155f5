#include "metrics/retrieval/rank.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/nearest.h"

namespace cupel::metrics {
namespace {

constexpr std::array<std::pair<std::string_view, TieRule>, 4> kRules = {{
    {"optimistic", TieRule::kOptimistic},
    {"expected", TieRule::kExpected},
    {"pessimistic", TieRule::kPessimistic},
    {"atomas", TieRule::kAtomas},
}};

template <typename Real>
TieRank count(std::span<const Real> scores, std::size_t target) {
  assert(target < scores.size());
  const Real value = scores[target];
  const bool nan = std::isnan(value);
  TieRank rank{.candidates = static_cast<std::uint32_t>(scores.size()),
               .finite = std::isfinite(value)};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (i == target) continue;
    const bool other_nan = std::isnan(scores[i]);
    rank.better += nan ? !other_nan : scores[i] > value;
    rank.equal += nan ? other_nan : scores[i] == value;
  }
  return rank;
}

/// H(n) - ln(n) - gamma by its asymptotic series; the error is below 1e-19 from n = 128 on.
double harmonic_tail(double n) {
  const double x = 1.0 / (n * n);
  return 0.5 / n - x / 12.0 + x * x / 120.0 - x * x * x / 252.0;
}

/// 1/(first + 1) + … + 1/last.
double harmonic_between(std::uint64_t first, std::uint64_t last) {
  constexpr std::uint64_t kSeries = 128;
  const std::uint64_t split = std::clamp(kSeries, first, last);
  double sum = 0.0;
  if (last > split) {
    const auto from = static_cast<double>(split);
    const auto to = static_cast<double>(last);
    sum = std::log1p((to - from) / from) + harmonic_tail(to) - harmonic_tail(from);
  }
  for (std::uint64_t i = split; i > first; --i) sum += 1.0 / static_cast<double>(i);
  return sum;
}

/// Positions [first, last], from 1, that the target may take under `rule`.
struct Positions {
  std::uint64_t first;
  std::uint64_t last;
  [[nodiscard]] double count() const { return static_cast<double>(last - first + 1); }
};

Positions positions(const TieRank& rank, TieRule rule) {
  const std::uint64_t first = std::uint64_t{rank.better} + 1;
  const std::uint64_t last = first + rank.equal;
  if (rule == TieRule::kOptimistic) return {first, first};
  if (rule == TieRule::kPessimistic) return {last, last};
  return {first, last};
}

/// A sum over positions as it enters the mean.
double share(double sum, const TieRank& rank, TieRule rule) {
  if (rule == TieRule::kAtomas) return rank.finite ? sum : 0.0;
  return sum / positions(rank, rule).count();
}

}  // namespace

TieRule tie_rule(std::string_view name) {
  const auto at = std::ranges::find(kRules, name, &std::pair<std::string_view, TieRule>::first);
  if (at != kRules.end()) return at->second;
  std::vector<std::string> known;
  for (const auto& [rule, ignored] : kRules) known.emplace_back(rule);
  throw Error(Code::kUsage, "unknown tie rule '" + std::string(name) + "'", suggest(name, known));
}

TieRank rank_of(std::span<const float> scores, std::size_t target) { return count(scores, target); }
TieRank rank_of(std::span<const double> scores, std::size_t target) {
  return count(scores, target);
}

double weight(const TieRank& rank, TieRule rule) {
  if (rule != TieRule::kAtomas) return 1.0;
  return rank.finite ? positions(rank, rule).count() : 0.0;
}

double hits(const TieRank& rank, TieRule rule, std::size_t k) {
  const auto [first, last] = positions(rank, rule);
  const std::uint64_t within = std::clamp<std::uint64_t>(k, first - 1, last) - (first - 1);
  return share(static_cast<double>(within), rank, rule);
}

double reciprocal(const TieRank& rank, TieRule rule) {
  const auto [first, last] = positions(rank, rule);
  return share(harmonic_between(first - 1, last), rank, rule);
}

double position(const TieRank& rank, TieRule rule) {
  const Positions range = positions(rank, rule);
  const double middle = (static_cast<double>(range.first) + static_cast<double>(range.last)) / 2.0;
  return share(middle * range.count(), rank, rule);
}

}  // namespace cupel::metrics
