#include "models/baselines/bit_forest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "harness/core/split_mix.h"
#include "models/baselines/set_bits.h"

namespace cupel::models {
namespace {

// How often a row was drawn: all of it in the low half, and again in the high half if it is
// positive. One sum counts both.
using Mass = std::uint64_t;
std::uint64_t all(Mass mass) { return mass & 0xFFFFFFFFU; }
std::uint64_t positives(Mass mass) { return mass >> 32U; }

struct Drawn {
  std::uint32_t row = 0;
  Mass mass = 0;
};

bool has(std::span<const std::uint64_t> bits, std::uint32_t i) {
  return (bits[i / 64] >> (i % 64) & 1U) != 0;
}

// The larger, the smaller the mean Gini impurity of the two sides.
double purity(Mass side) {
  const auto total = static_cast<double>(all(side));
  const auto positive = static_cast<double>(positives(side));
  const double negative = total - positive;
  return (positive * positive + negative * negative) / total;
}

}  // namespace

BitColumns::BitColumns(std::span<const chem::BitFingerprint* const> rows, std::size_t features)
    : rows_(rows.size()),
      features_(features),
      stride_((rows.size() + 63) / 64),
      words_(features * stride_, 0) {
  for (std::size_t i = 0; i < rows_; ++i) {
    for_each_set_bit(*rows[i], [&](std::size_t feature) {
      words_[feature * stride_ + i / 64] |= std::uint64_t{1} << (i % 64);
    });
  }
}

class BitTreeGrower {
 public:
  BitTreeGrower(const BitColumns& columns, const BitTreeOptions& options, std::uint64_t seed)
      : columns_(columns), options_(options), random_(seed), features_(columns.features()) {
    std::iota(features_.begin(), features_.end(), 0U);
    wanted_ = static_cast<std::size_t>(std::sqrt(static_cast<double>(features_.size())));
  }

  std::vector<BitTree::Node> grow(std::span<const std::int8_t> positive) {
    std::vector<Drawn> drawn = draw_rows(positive);
    std::vector<BitTree::Node> nodes;
    // An own stack: a tree may be as deep as it has rows.
    struct Open {
      std::span<Drawn> rows;
      std::optional<std::size_t> parent;  // whose rows with the bit these are
    };
    std::vector<Open> open = {{drawn, std::nullopt}};
    while (!open.empty()) {
      const auto [rows, parent] = open.back();
      open.pop_back();
      if (parent) nodes[*parent].value = static_cast<std::uint32_t>(nodes.size());
      const Mass mass = sum(rows);
      const auto feature = choose(rows, mass);
      if (!feature) {
        const auto share = static_cast<float>(positives(mass)) / static_cast<float>(all(mass));
        nodes.push_back({BitTree::kLeaf, std::bit_cast<std::uint32_t>(share)});
        continue;
      }
      const auto bits = columns_.column(*feature);
      const auto with =
          std::ranges::partition(rows, [&](const Drawn& one) { return !has(bits, one.row); });
      open.push_back({with, nodes.size()});
      open.push_back({rows.first(rows.size() - with.size()), std::nullopt});
      nodes.push_back({*feature, 0});
    }
    nodes.shrink_to_fit();
    return nodes;
  }

 private:
  std::vector<Drawn> draw_rows(std::span<const std::int8_t> positive) {
    std::vector<std::uint32_t> times(columns_.rows(), 0);
    for (std::size_t i = 0; i < times.size(); ++i) ++times[random_.below(times.size())];
    std::vector<Drawn> drawn;
    for (std::uint32_t row = 0; row < times.size(); ++row) {
      const Mass mass = times[row] | (positive[row] != 0 ? Mass{times[row]} << 32U : 0);
      if (mass != 0) drawn.push_back({row, mass});
    }
    return drawn;
  }

  static Mass sum(std::span<const Drawn> rows) {
    Mass total = 0;
    for (const Drawn& one : rows) total += one.mass;
    return total;
  }

  static Mass sum_with(std::span<const Drawn> rows, std::span<const std::uint64_t> bits) {
    Mass total = 0;
    for (const Drawn& one : rows) total += has(bits, one.row) ? one.mass : 0;
    return total;
  }

  // The feature to split by; nothing where a leaf should be.
  std::optional<std::uint32_t> choose(std::span<const Drawn> rows, Mass mass) {
    const std::uint64_t total = all(mass);
    const bool pure = positives(mass) == 0 || positives(mass) == total;
    if (pure || total < 2 * options_.min_leaf) return std::nullopt;
    std::optional<std::uint32_t> best;
    double best_purity = 0.0;
    for (std::size_t i = 0; i < features_.size() && (i < wanted_ || !best); ++i) {
      std::swap(features_[i], features_[i + random_.below(features_.size() - i)]);
      const Mass with = sum_with(rows, columns_.column(features_[i]));
      const std::uint64_t smaller = std::min(all(with), total - all(with));
      if (smaller < std::max<std::uint64_t>(1, options_.min_leaf)) continue;
      const double found = purity(with) + purity(mass - with);
      if (best && found <= best_purity) continue;
      best = features_[i];
      best_purity = found;
    }
    return best;
  }

  const BitColumns& columns_;
  const BitTreeOptions& options_;
  SplitMix64 random_;
  std::vector<std::uint32_t> features_;  // what is drawn next comes from behind what was
  std::size_t wanted_ = 0;
};

BitTree::BitTree(const BitColumns& columns, std::span<const std::int8_t> positive,
                 const BitTreeOptions& options, std::uint64_t seed)
    : nodes_(BitTreeGrower(columns, options, seed).grow(positive)) {}

double BitTree::probability(const chem::BitFingerprint& row) const {
  std::size_t at = 0;
  while (nodes_[at].feature != kLeaf)
    at = has(row.words, nodes_[at].feature) ? nodes_[at].value : at + 1;
  return std::bit_cast<float>(nodes_[at].value);
}

std::uint64_t tree_seed(std::uint64_t seed, std::uint64_t label, std::uint64_t tree) {
  return split_mix(split_mix(split_mix(seed + kSplitMixStep) + label + kSplitMixStep) + tree +
                   kSplitMixStep);
}

}  // namespace cupel::models
