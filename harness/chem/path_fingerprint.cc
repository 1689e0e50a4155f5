#include "harness/chem/path_fingerprint.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <DataStructs/ExplicitBitVect.h>
#include <GraphMol/Fingerprints/Fingerprints.h>
#include <GraphMol/QueryOps.h>
#include <GraphMol/RDKitBase.h>
#include <boost/dynamic_bitset.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int.hpp>

namespace cupel::chem {
namespace {

constexpr std::size_t kMaxBonds = 7;
constexpr std::size_t kDegrees = kMaxBonds + 1;
constexpr std::uint32_t kBits = 2048;

// The short Mersenne twister of RDKit's fingerprints: four words of state, cheap to seed.
using Twister =
    boost::random::mersenne_twister_engine<std::uint32_t, 32, 4, 2, 31, 0x9908b0df, 11, 0xffffffff,
                                           7, 0x9d2c5680, 15, 0xefc60000, 18, 1812433253>;

// boost::hash_combine on 32 bits, as RDKit's hashes use it.
void mix(std::uint32_t& seed, std::uint32_t value) {
  seed ^= value + 0x9e3779b9 + (seed << 6U) + (seed >> 2U);
}

struct PathBond {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t order = 0;
};

class PathHasher {
 public:
  explicit PathHasher(const RDKit::ROMol& molecule);
  BitFingerprint run();

 private:
  void extend(std::size_t first, std::size_t last);
  void push(std::uint32_t bond);
  void pop();
  void set_bits();
  std::uint32_t bond_hash(std::uint32_t bond);

  std::vector<std::uint32_t> invariants_;  // of each atom
  std::vector<PathBond> bonds_;
  std::vector<std::uint32_t> neighbours_;  // of bond b: from starts_[b] to starts_[b + 1]
  std::vector<std::size_t> starts_;
  std::vector<std::array<std::uint32_t, kDegrees * kDegrees>> hashes_;  // by degrees; 0: not yet
  std::vector<std::uint8_t> degrees_;       // of each atom within the current set
  std::vector<std::uint8_t> closed_;        // of each bond: in no further set of this branch
  std::vector<std::uint32_t> candidates_;   // the stacked candidate lists of all levels
  std::vector<std::uint32_t> closed_here_;  // the stacked lists of what to open again
  std::array<std::uint32_t, kMaxBonds> path_{};
  std::size_t length_ = 0;
  std::uint32_t atoms_in_path_ = 0;
  BitFingerprint bits_;
};

PathHasher::PathHasher(const RDKit::ROMol& molecule)
    : hashes_(molecule.getNumBonds()),
      degrees_(molecule.getNumAtoms(), 0),
      closed_(molecule.getNumBonds(), 0) {
  for (const RDKit::Atom* atom : molecule.atoms()) {
    const auto element = static_cast<std::uint32_t>(atom->getAtomicNum() % 128);
    invariants_.push_back(element << 1U | static_cast<std::uint32_t>(atom->getIsAromatic()));
  }
  for (const RDKit::Bond* bond : molecule.bonds()) {
    const auto order = bond->getIsAromatic() ? RDKit::Bond::AROMATIC : bond->getBondType();
    bonds_.push_back({bond->getBeginAtomIdx(), bond->getEndAtomIdx(), order});
  }
  starts_.push_back(0);
  for (const RDKit::Bond* bond : molecule.bonds()) {
    for (const RDKit::Atom* atom : {bond->getBeginAtom(), bond->getEndAtom()}) {
      for (const RDKit::Bond* other : molecule.atomBonds(atom)) {
        if (other != bond) neighbours_.push_back(other->getIdx());
      }
    }
    starts_.push_back(neighbours_.size());
  }
  bits_.words.resize(kBits / 64);
}

// Each set is found once: from its first bond in index order, and below that by the rule that a
// bond which was tried at one level is closed for the levels and siblings that follow.
BitFingerprint PathHasher::run() {
  for (std::uint32_t bond = 0; bond < bonds_.size(); ++bond) {
    closed_[bond] = 1;
    push(bond);
    candidates_.assign(neighbours_.begin() + static_cast<std::ptrdiff_t>(starts_[bond]),
                       neighbours_.begin() + static_cast<std::ptrdiff_t>(starts_[bond + 1]));
    extend(0, candidates_.size());
    pop();
  }
  return std::move(bits_);
}

void PathHasher::extend(std::size_t first, std::size_t last) {
  const std::size_t opened = closed_here_.size();
  for (std::size_t at = first; at < last; ++at) {
    const std::uint32_t bond = candidates_[at];
    if (closed_[bond] != 0) continue;
    closed_[bond] = 1;
    closed_here_.push_back(bond);
    push(bond);
    if (length_ < kMaxBonds) {
      const std::size_t begin = candidates_.size();
      for (std::size_t rest = at + 1; rest < last; ++rest) {
        const std::uint32_t candidate = candidates_[rest];
        if (closed_[candidate] == 0) candidates_.push_back(candidate);
      }
      for (std::size_t i = starts_[bond]; i < starts_[bond + 1]; ++i) {
        if (closed_[neighbours_[i]] == 0) candidates_.push_back(neighbours_[i]);
      }
      extend(begin, candidates_.size());
      candidates_.resize(begin);
    }
    pop();
  }
  for (std::size_t i = opened; i < closed_here_.size(); ++i) closed_[closed_here_[i]] = 0;
  closed_here_.resize(opened);
}

void PathHasher::push(std::uint32_t bond) {
  path_[length_++] = bond;
  const PathBond& ends = bonds_[bond];
  atoms_in_path_ += static_cast<std::uint32_t>(degrees_[ends.begin]++ == 0);
  atoms_in_path_ += static_cast<std::uint32_t>(degrees_[ends.end]++ == 0);
  set_bits();
}

void PathHasher::pop() {
  const PathBond& ends = bonds_[path_[--length_]];
  atoms_in_path_ -= static_cast<std::uint32_t>(--degrees_[ends.begin] == 0);
  atoms_in_path_ -= static_cast<std::uint32_t>(--degrees_[ends.end] == 0);
}

void PathHasher::set_bits() {
  std::array<std::uint32_t, kMaxBonds> hashes{};
  for (std::size_t i = 0; i < length_; ++i) {  // insertion sort: seven values at most
    const std::uint32_t hash = bond_hash(path_[i]);
    std::size_t at = i;
    for (; at > 0 && hashes[at - 1] > hash; --at) hashes[at] = hashes[at - 1];
    hashes[at] = hash;
  }
  std::uint32_t seed = hashes[0];
  if (length_ > 1) {
    seed = 0;
    for (std::size_t i = 0; i < length_; ++i) mix(seed, hashes[i]);
    mix(seed, atoms_in_path_);
  }
  Twister twister(seed);
  const auto drawn = static_cast<std::uint32_t>(boost::uniform_int<>(0, INT_MAX)(twister));
  for (const std::uint32_t bit : {seed % kBits, drawn % kBits})
    bits_.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

// A bond looks at itself only: its order, its ends, and how many bonds of the set touch them.
std::uint32_t PathHasher::bond_hash(std::uint32_t bond) {
  const PathBond& ends = bonds_[bond];
  std::uint32_t first_degree = degrees_[ends.begin];
  std::uint32_t second_degree = degrees_[ends.end];
  std::uint32_t& hash = hashes_[bond][first_degree * kDegrees + second_degree];
  if (hash != 0) return hash;
  std::uint32_t first = invariants_[ends.begin];
  std::uint32_t second = invariants_[ends.end];
  if (first < second || (first == second && first_degree < second_degree)) {
    std::swap(first, second);
    std::swap(first_degree, second_degree);
  }
  hash = first_degree + second_degree - 2;  // bonds of the set that share an end with this one
  for (const std::uint32_t value : {ends.order, first, first_degree, second, second_degree})
    mix(hash, value);
  return hash;
}

bool has_query(const RDKit::ROMol& molecule) {
  for (const RDKit::Atom* atom : molecule.atoms()) {
    if (RDKit::isComplexQuery(atom)) return true;
  }
  for (const RDKit::Bond* bond : molecule.bonds()) {
    if (RDKit::isComplexQuery(bond)) return true;
  }
  return false;
}

}  // namespace

BitFingerprint path_fingerprint(const RDKit::ROMol& molecule) {
  if (!has_query(molecule)) return PathHasher(molecule).run();
  // Bonds such as ~ are left out by rules of their own.
  const std::unique_ptr<const ExplicitBitVect> bits(RDKit::RDKFingerprintMol(molecule));
  BitFingerprint result;
  result.words.resize(kBits / 64);
  boost::to_block_range(*bits->dp_bits, result.words.begin());
  return result;
}

}  // namespace cupel::chem
