/// How far two ways of putting things into sets agree.
#pragma once

#include <cstdint>
#include <span>

namespace cupel::metrics {

/// The number of the set of each element; equal numbers are one set.
using SetNumbers = std::span<const std::int32_t>;

/// The adjusted Rand index (Hubert and Arabie 1985) of two partitions of the same elements. Of all
/// pairs of elements, `both` are together in both partitions, `first` and `second` in one of them:
///     (both − E) / ((first + second) / 2 − E),  E = first · second / pairs
/// 1 for equal partitions, 0 on average for sets of these sizes that are filled by chance. Where
/// the denominator is 0 (each is one set, or each element is alone in both; fewer than two
/// elements): 1. Equals adjusted_rand_score of scikit-learn 1.6.1.
[[nodiscard]] double adjusted_rand(SetNumbers truth, SetNumbers found);

/// The elements of one kind, in two partitions.
struct TwoPartitions {
  SetNumbers truth;
  SetNumbers found;
};

/// The same index over the pairs of an element of one kind and one of the other, where both kinds
/// are parted into the same sets: what belongs together across the kinds. As each pair has one of
/// each, neither kind outweighs the other, however many elements it has; and 0 is still what chance
/// gives. Equals Cohen's kappa over these pairs (Warrens 2008), cohen_kappa_score of scikit-learn.
[[nodiscard]] double adjusted_rand_across(const TwoPartitions& left, const TwoPartitions& right);

}  // namespace cupel::metrics
