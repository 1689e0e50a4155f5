#include "harness/chem/fingerprint.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

#include <DataStructs/ExplicitBitVect.h>
#include <DataStructs/SparseIntVect.h>
#include <GraphMol/Fingerprints/MACCS.h>
#include <GraphMol/Fingerprints/MorganGenerator.h>
#include <GraphMol/RDKitBase.h>
#include <boost/dynamic_bitset.hpp>

#include "harness/chem/path_fingerprint.h"

namespace cupel::chem {
namespace {

using MorganGenerator = RDKit::FingerprintGenerator<std::uint32_t>;

// RDKit's deprecated GetMorganFingerprint is this generator, with 32-bit features.
std::unique_ptr<const MorganGenerator> morgan_generator(const MorganOptions& options,
                                                        std::uint32_t bits) {
  RDKit::MorganFingerprint::MorganArguments arguments(options.radius);
  arguments.df_includeChirality = options.chirality;
  arguments.d_fpSize = bits;
  return std::unique_ptr<const MorganGenerator>(
      RDKit::MorganFingerprint::getMorganGenerator<std::uint32_t>(arguments));
}

BitFingerprint packed(const ExplicitBitVect& bits) {
  BitFingerprint result;
  result.words.resize(bits.dp_bits->num_blocks());
  static_assert(sizeof(boost::dynamic_bitset<>::block_type) == sizeof(std::uint64_t));
  boost::to_block_range(*bits.dp_bits, result.words.begin());
  return result;
}

}  // namespace

BitFingerprint maccs(const Molecule& molecule) {
  // RDKit makes its key patterns on the first call, without a lock.
  [[maybe_unused]] static const bool patterns_are_made = [&molecule] {
    const std::unique_ptr<const ExplicitBitVect> first(
        RDKit::MACCSFingerprints::getFingerprintAsBitVect(molecule.rdkit()));
    return true;
  }();
  const std::unique_ptr<const ExplicitBitVect> bits(
      RDKit::MACCSFingerprints::getFingerprintAsBitVect(molecule.rdkit()));
  return packed(*bits);
}

BitFingerprint rdk(const Molecule& molecule) { return path_fingerprint(molecule.rdkit()); }

CountFingerprint morgan_counts(const Molecule& molecule, const MorganOptions& options) {
  RDKit::FingerprintFuncArguments arguments;
  const auto features =
      morgan_generator(options, 2048)->getSparseCountFingerprint(molecule.rdkit(), arguments);
  CountFingerprint result;
  result.counts.reserve(features->getNonzeroElements().size());
  for (const auto& [feature, count] : features->getNonzeroElements())  // a std::map: sorted
    result.counts.emplace_back(feature, static_cast<std::uint32_t>(count));
  return result;
}

BitFingerprint morgan_bits(const Molecule& molecule, std::size_t bits,
                           const MorganOptions& options) {
  assert(bits > 0);
  RDKit::FingerprintFuncArguments arguments;
  return packed(*morgan_generator(options, static_cast<std::uint32_t>(bits))
                     ->getFingerprint(molecule.rdkit(), arguments));
}

double tanimoto(const BitFingerprint& a, const BitFingerprint& b) {
  assert(a.words.size() == b.words.size());
  int both = 0;
  int either = 0;
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    both += std::popcount(a.words[i] & b.words[i]);
    either += std::popcount(a.words[i] | b.words[i]);
  }
  return either == 0 ? 1.0 : static_cast<double>(both) / either;
}

double tanimoto(const CountFingerprint& a, const CountFingerprint& b) {
  std::uint64_t both = 0;
  std::uint64_t sum = 0;
  for (const auto& [feature, count] : a.counts) sum += count;
  for (const auto& [feature, count] : b.counts) sum += count;
  auto left = a.counts.begin();
  auto right = b.counts.begin();
  while (left != a.counts.end() && right != b.counts.end()) {
    if (left->first < right->first) {
      ++left;
    } else if (right->first < left->first) {
      ++right;
    } else {
      both += std::min(left->second, right->second);
      ++left;
      ++right;
    }
  }
  return sum == 0 ? 0.0 : static_cast<double>(both) / static_cast<double>(sum - both);
}

}  // namespace cupel::chem
