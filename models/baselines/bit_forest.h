/// A random forest over binary features (Breiman 2001).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/chem/fingerprint.h"

namespace cupel::models {

/// Binary features of some rows, one packed column a feature: a split reads a few columns, and a
/// column of 33,000 rows fits the first cache.
class BitColumns {
 public:
  BitColumns(std::span<const chem::BitFingerprint* const> rows, std::size_t features);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t features() const { return features_; }
  [[nodiscard]] std::span<const std::uint64_t> column(std::size_t feature) const {
    return std::span(words_).subspan(feature * stride_, stride_);
  }

 private:
  std::size_t rows_;
  std::size_t features_;
  std::size_t stride_;  // words a column
  std::vector<std::uint64_t> words_;
};

struct BitTreeOptions {
  std::size_t min_leaf = 1;  ///< rows in a leaf, repeated ones counted repeatedly
};

/// A tree of scikit-learn's RandomForestClassifier with its defaults, over binary features. It
/// grows on as many rows as there are, drawn with replacement, until its leaves have one class or
/// cannot be split. A split is the one of least Gini impurity among ⌊√features⌋ features drawn
/// without replacement; if none of these divides the node, drawing goes on until one does. Ties
/// go to the feature that was drawn first.
///
/// Random numbers are the outputs of SplitMix64 (Steele, Lea and Flood 2014) from the state `seed`;
/// a number below n is the high half of u · n for the upper 32 bits u of an output.
class BitTree {
 public:
  BitTree() = default;  ///< one leaf, without positives
  /// `positive`: 0 or 1, one a row. There is at least one row and one feature.
  BitTree(const BitColumns& columns, std::span<const std::int8_t> positive,
          const BitTreeOptions& options, std::uint64_t seed);

  /// The share of positives in the leaf of this row.
  [[nodiscard]] double probability(const chem::BitFingerprint& row) const;

 private:
  friend class BitTreeGrower;
  // Eight bytes: ToxCast's 617 forests have some ten million nodes.
  struct Node {
    std::uint32_t feature = 0;  // or kLeaf
    std::uint32_t value = 0;    // where rows with the bit go on (the others: the next node), or the
                                // bits of the leaf's share, a float
  };
  static constexpr std::uint32_t kLeaf = ~std::uint32_t{0};
  std::vector<Node> nodes_ = {{kLeaf, 0}};
};

/// The state of a tree's random numbers: one for each (seed, label, tree), independent of the order
/// in which trees grow.
[[nodiscard]] std::uint64_t tree_seed(std::uint64_t seed, std::uint64_t label, std::uint64_t tree);

}  // namespace cupel::models
