#include "models/baselines/morgan_index.h"

#include <algorithm>

#include "harness/chem/molecule.h"

namespace cupel::models {
namespace {

std::uint64_t sum_of(const chem::CountFingerprint& print) {
  std::uint64_t sum = 0;
  for (const auto& [feature, count] : print.counts) sum += count;
  return sum;
}

}  // namespace

MorganCounts morgan_counts_of(std::string_view smiles) {
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule) return std::nullopt;
  return chem::morgan_counts(*molecule);
}

std::vector<MorganCounts> morgan_counts_of(std::span<const std::string_view> smiles,
                                           const Work& work, Share share) {
  std::vector<MorganCounts> all(smiles.size());
  run_steps(smiles.size(), work, share,
            [&](std::size_t i) { all[i] = morgan_counts_of(smiles[i]); });
  return all;
}

MorganIndex::MorganIndex(std::span<const MorganCounts> molecules) : sums_(molecules.size(), 0) {
  for (std::size_t i = 0; i < molecules.size(); ++i) {
    const MorganCounts& molecule = molecules[i];
    if (!molecule) continue;
    sums_[i] = sum_of(*molecule);
    for (const auto& [feature, count] : molecule->counts)
      postings_[feature].emplace_back(static_cast<std::uint32_t>(i), count);
  }
}

std::vector<double> MorganIndex::similarities(const MorganCounts& query) const {
  std::vector<double> result(size(), 0.0);
  if (!query) return result;
  std::vector<std::uint32_t> common(size(), 0);
  for (const auto& [feature, count] : query->counts) {
    const auto found = postings_.find(feature);
    if (found == postings_.end()) continue;
    for (const auto& [molecule, its_count] : found->second)
      common[molecule] += std::min(count, its_count);
  }
  const std::uint64_t sum = sum_of(*query);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (common[i] > 0)
      result[i] = static_cast<double>(common[i]) / static_cast<double>(sum + sums_[i] - common[i]);
  }
  return result;
}

std::optional<std::size_t> MorganIndex::nearest(const MorganCounts& query) const {
  const std::vector<double> similarity = similarities(query);
  const auto best = std::ranges::max_element(similarity);  // the first of several
  if (best == similarity.end() || *best == 0.0) return std::nullopt;
  return static_cast<std::size_t>(best - similarity.begin());
}

}  // namespace cupel::models
