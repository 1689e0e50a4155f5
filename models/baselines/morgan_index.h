/// Morgan similarity of one molecule to many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/chem/fingerprint.h"
#include "models/baselines/steps.h"

namespace cupel::models {

/// Unfolded counts of radius 2, chirality ignored. Counts, not bits, because chains of different
/// length have the same bits: of 6,400 distinct molecules in ChEBI-20's validation and test sets
/// 620 share their 2048 bits with another one, and 61 their counts. Unfolded, because an index
/// needs no fixed width.
using MorganCounts = std::optional<chem::CountFingerprint>;  ///< nothing: RDKit cannot read it

[[nodiscard]] MorganCounts morgan_counts_of(std::string_view smiles);
[[nodiscard]] std::vector<MorganCounts> morgan_counts_of(std::span<const std::string_view> smiles,
                                                         const Work& work, Share share);

/// An inverted index of features. Thread-safe to read.
class MorganIndex {
 public:
  MorganIndex() = default;
  explicit MorganIndex(std::span<const MorganCounts> molecules);

  [[nodiscard]] std::size_t size() const { return sums_.size(); }

  /// chem::tanimoto of the query to each molecule, bit for bit; 0 for molecules that are nothing,
  /// and 0 everywhere for a query that is nothing.
  [[nodiscard]] std::vector<double> similarities(const MorganCounts& query) const;

  /// The first of the most similar molecules; nothing when no similarity is above 0.
  [[nodiscard]] std::optional<std::size_t> nearest(const MorganCounts& query) const;

 private:
  using Posting = std::pair<std::uint32_t, std::uint32_t>;  // molecule, count
  std::unordered_map<std::uint64_t, std::vector<Posting>> postings_;
  std::vector<std::uint64_t> sums_;  // of the counts of each molecule
};

}  // namespace cupel::models
