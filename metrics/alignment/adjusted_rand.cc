#include "metrics/alignment/adjusted_rand.h"

#include <cstddef>
#include <map>
#include <utility>

namespace cupel::metrics {
namespace {

/// How many elements are in a set of the truth, in a found set, and in the cut of both.
struct Counts {
  explicit Counts(const TwoPartitions& partitions)
      : size(static_cast<double>(partitions.truth.size())) {
    for (std::size_t i = 0; i < partitions.truth.size(); ++i) {
      const std::int32_t t = partitions.truth[i];
      const std::int32_t f = partitions.found[i];
      ++truth[t];
      ++found[f];
      ++cut[{t, f}];
    }
  }

  double size;
  std::map<std::int32_t, double> truth;
  std::map<std::int32_t, double> found;
  std::map<std::pair<std::int32_t, std::int32_t>, double> cut;
};

template <typename Key>
double pairs_within(const std::map<Key, double>& counts) {
  double pairs = 0.0;
  for (const auto& [key, count] : counts) pairs += count * (count - 1.0) / 2.0;
  return pairs;
}

template <typename Key>
double pairs_across(const std::map<Key, double>& left, const std::map<Key, double>& right) {
  double pairs = 0.0;
  for (const auto& [key, count] : left) {
    const auto other = right.find(key);
    if (other != right.end()) pairs += count * other->second;
  }
  return pairs;
}

double adjusted(double both, double first, double second, double pairs) {
  const double expected = pairs == 0.0 ? 0.0 : first * second / pairs;
  const double largest = (first + second) / 2.0;
  return largest == expected ? 1.0 : (both - expected) / (largest - expected);
}

}  // namespace

double adjusted_rand(SetNumbers truth, SetNumbers found) {
  const Counts counts({.truth = truth, .found = found});
  return adjusted(pairs_within(counts.cut), pairs_within(counts.truth), pairs_within(counts.found),
                  counts.size * (counts.size - 1.0) / 2.0);
}

double adjusted_rand_across(const TwoPartitions& left, const TwoPartitions& right) {
  const Counts a(left);
  const Counts b(right);
  return adjusted(pairs_across(a.cut, b.cut), pairs_across(a.truth, b.truth),
                  pairs_across(a.found, b.found), a.size * b.size);
}

}  // namespace cupel::metrics
