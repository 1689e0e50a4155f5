#include "metrics/significance/rank_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <boost/math/distributions/normal.hpp>

#include "metrics/significance/resample.h"

namespace cupel::metrics {
namespace {

constexpr std::size_t kExact = 80;  // numbers; some 20 ms

/// Twice the rank of each number, so that mean ranks are whole.
std::vector<std::size_t> doubled_ranks(std::span<const double> numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return numbers[i]; });
  std::vector<std::size_t> ranks(numbers.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && numbers[order[end]] == numbers[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = first + 1 + end;
    first = end;
  }
  return ranks;
}

/// Element s: the share of all choices of `chosen` of these whose sum is s.
std::vector<double> sum_distribution(std::span<const std::size_t> ranks, std::size_t chosen) {
  const std::size_t most = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(most + 1, 0.0));
  ways[0][0] = 1.0;
  std::size_t reached = 0;
  for (const std::size_t rank : ranks) {
    reached += rank;
    for (std::size_t k = chosen; k > 0; --k) {
      for (std::size_t s = rank; s <= reached; ++s) ways[k][s] += ways[k - 1][s - rank];
    }
  }
  std::vector<double>& counts = ways[chosen];
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (double& count : counts) count /= all;
  return std::move(counts);
}

/// Σ (t³ − t) over groups of t equal ranks.
double tie_term(std::vector<std::size_t> ranks) {
  std::ranges::sort(ranks);
  double sum = 0.0;
  for (std::size_t first = 0; first < ranks.size();) {
    const auto end = std::ranges::upper_bound(ranks, ranks[first]) - ranks.begin();
    const double t = static_cast<double>(end) - static_cast<double>(first);
    sum += t * t * t - t;
    first = static_cast<std::size_t>(end);
  }
  return sum;
}

double normal_p(double u, double baseline, double candidate, double ties) {
  const double all = baseline + candidate;
  const double variance = baseline * candidate / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
  if (variance <= 0.0) return 1.0;  // all numbers are equal
  const double z = (u - baseline * candidate / 2.0 - 0.5) / std::sqrt(variance);
  return boost::math::cdf(boost::math::complement(boost::math::normal(), z));
}

/// How many differences lie beyond either bound, and the level at which that holds.
struct Cut {
  std::size_t beyond = 0;
  double level = 0.0;
};

/// The largest number k of differences with P(U < k) ≤ alpha, without ties.
Cut exact_cut(std::size_t baseline, std::size_t candidate, double alpha) {
  std::vector<std::size_t> ranks(baseline + candidate);
  for (std::size_t i = 0; i < ranks.size(); ++i) ranks[i] = 2 * (i + 1);
  const auto shares = sum_distribution(ranks, candidate);
  Cut cut;
  double below = 0.0;
  for (std::size_t s = candidate * (candidate + 1); s < shares.size(); s += 2) {
    below += shares[s];
    if (below > alpha) break;
    cut = {.beyond = cut.beyond + 1, .level = below};
  }
  return cut;
}

Cut normal_cut(double baseline, double candidate, double alpha) {
  const double spread = std::sqrt(baseline * candidate * (baseline + candidate + 1.0) / 12.0);
  const double z = boost::math::quantile(boost::math::normal(), alpha);
  const double beyond = std::floor(baseline * candidate / 2.0 + z * spread);
  return {.beyond = beyond > 0.0 ? static_cast<std::size_t>(beyond) : 0, .level = alpha};
}

}  // namespace

double rank_test_p(std::span<const double> baseline, std::span<const double> candidate) {
  if (baseline.empty() || candidate.empty()) return 1.0;
  std::vector<double> all(baseline.begin(), baseline.end());
  all.insert(all.end(), candidate.begin(), candidate.end());
  const auto ranks = doubled_ranks(all);
  const std::size_t sum = std::accumulate(
      ranks.begin() + static_cast<std::ptrdiff_t>(baseline.size()), ranks.end(), std::size_t{0});
  const std::size_t m = candidate.size();
  if (all.size() > kExact) {
    const double u = (static_cast<double>(sum) - static_cast<double>(m * (m + 1))) / 2.0;
    return normal_p(u, static_cast<double>(baseline.size()), static_cast<double>(m),
                    tie_term(ranks));
  }
  const auto shares = sum_distribution(ranks, m);
  const auto first = shares.begin() + static_cast<std::ptrdiff_t>(sum);
  return std::min(1.0, std::accumulate(first, shares.end(), 0.0));
}

double smallest_rank_test_p(std::size_t baseline, std::size_t candidate) {
  const auto n = static_cast<double>(baseline);
  const auto m = static_cast<double>(candidate);
  return std::exp(std::lgamma(n + 1.0) + std::lgamma(m + 1.0) - std::lgamma(n + m + 1.0));
}

std::optional<Shift> shift(std::span<const double> baseline, std::span<const double> candidate,
                           double alpha) {
  if (baseline.empty() || candidate.empty()) return std::nullopt;
  const Cut cut = baseline.size() + candidate.size() > kExact
                      ? normal_cut(static_cast<double>(baseline.size()),
                                   static_cast<double>(candidate.size()), alpha)
                      : exact_cut(baseline.size(), candidate.size(), alpha);
  if (cut.beyond == 0) return std::nullopt;
  std::vector<double> differences;
  for (const double before : baseline) {
    for (const double after : candidate) differences.push_back(after - before);
  }
  std::ranges::sort(differences);
  Shift found{.estimate = quantile(differences, 0.5),
              .low = differences[cut.beyond - 1],
              .high = differences[differences.size() - cut.beyond]};
  const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), cut.level));
  found.standard_error = (found.high - found.low) / (2.0 * z);
  return found;
}

}  // namespace cupel::metrics
