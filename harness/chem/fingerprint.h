/// Fingerprints and Tanimoto similarity, each equal to a named RDKit call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// A fixed number of bits, packed into words; bit i is word i/64, bit i%64.
struct BitFingerprint {
  std::vector<std::uint64_t> words;
  bool operator==(const BitFingerprint&) const = default;
};

/// Sparse counts, sorted by feature.
struct CountFingerprint {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> counts;
  bool operator==(const CountFingerprint&) const = default;
};

struct MorganOptions {
  unsigned radius = 2;
  bool chirality = false;
  bool operator==(const MorganOptions&) const = default;
};

/// MACCSkeys.GenMACCSKeys: 167 bits, bit 0 never set.
[[nodiscard]] BitFingerprint maccs(const Molecule& molecule);
/// Chem.RDKFingerprint with default arguments: paths of 1 to 7 bonds, 2048 bits, 2 bits a hash.
[[nodiscard]] BitFingerprint rdk(const Molecule& molecule);
/// AllChem.GetMorganFingerprint(mol, radius, useChirality=…): unfolded counts.
[[nodiscard]] CountFingerprint morgan_counts(const Molecule& molecule,
                                             const MorganOptions& options = {});
/// AllChem.GetMorganFingerprintAsBitVect(mol, radius, nBits=bits, useChirality=…).
[[nodiscard]] BitFingerprint morgan_bits(const Molecule& molecule, std::size_t bits,
                                         const MorganOptions& options = {});

/// |a ∧ b| / |a ∨ b|; two empty fingerprints give 1, as DataStructs.TanimotoSimilarity does for bit
/// vectors. Both must have the same number of bits (asserted).
[[nodiscard]] double tanimoto(const BitFingerprint& a, const BitFingerprint& b);
/// Σ min / (Σ a + Σ b − Σ min); two empty fingerprints give 0, as RDKit does for sparse counts.
[[nodiscard]] double tanimoto(const CountFingerprint& a, const CountFingerprint& b);

}  // namespace cupel::chem
