#include "models/torch/training_rows.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "harness/core/split_mix.h"

namespace cupel::nn {

std::vector<plugin::Sample> share_of(std::vector<plugin::Sample> rows, double share,
                                     std::uint64_t seed) {
  if (share >= 1.0 || rows.empty()) return rows;
  SplitMix64 random(split_mix(seed + kSplitMixStep));
  for (std::size_t left = rows.size(); left > 1; --left)
    std::swap(rows[left - 1], rows[random.below(left)]);
  const auto kept = static_cast<std::size_t>(share * static_cast<double>(rows.size()));
  rows.resize(std::max<std::size_t>(1, kept));
  return rows;
}

Pairs encoded_pairs(std::span<const plugin::Sample> rows, const Encode& encode) {
  Pairs all;
  for (const plugin::Sample& row : rows) {
    all.text.push_back(encode(row.text));
    all.smiles.push_back(encode(row.smiles));
  }
  return all;
}

LabelledMolecules encoded_molecules(std::span<const plugin::Sample> rows, const Encode& encode) {
  LabelledMolecules all;
  for (const plugin::Sample& row : rows) {
    all.smiles.push_back(encode(row.smiles));
    all.labels.insert(all.labels.end(), row.labels.begin(), row.labels.end());
  }
  return all;
}

}  // namespace cupel::nn
