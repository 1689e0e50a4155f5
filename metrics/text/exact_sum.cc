#include "metrics/text/exact_sum.h"

#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace cupel::metrics {
namespace {

/// a + b without error, as (rounded sum, what rounding lost).
std::pair<double, double> two_sum(double a, double b) {
  if (std::abs(a) < std::abs(b)) std::swap(a, b);
  const double high = a + b;
  return {high, b - (high - a)};
}

}  // namespace

double exact_sum(std::span<const double> terms) {
  std::vector<double> parts;  // do not overlap, grow in magnitude; their exact sum is the answer
  for (double x : terms) {
    std::size_t kept = 0;
    for (const double part : parts) {
      const auto [high, low] = two_sum(x, part);
      if (low != 0.0) parts[kept++] = low;
      x = high;
    }
    parts.resize(kept);
    parts.push_back(x);
  }
  double sum = 0.0;
  double lost = 0.0;
  while (!parts.empty() && lost == 0.0) {
    std::tie(sum, lost) = two_sum(sum, parts.back());
    parts.pop_back();
  }
  // Exactly half a unit was lost: the parts below decide to which side the sum rounds.
  if (lost != 0.0 && !parts.empty() && (lost < 0.0) == (parts.back() < 0.0)) {
    const double twice = lost * 2.0;
    const double moved = sum + twice;
    if (moved - sum == twice) sum = moved;
  }
  return sum;
}

}  // namespace cupel::metrics
