/// A molecule of the grammar: a tree of fragments, and the SMILES that it is written as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/suite/fragment.h"
#include "tasks/suite/random.h"

namespace cupel::tasks::suite {

struct Branch;

struct Node {
  const Fragment* fragment = nullptr;
  bool stereo = false;      ///< whether its stereocentres and double bonds are specified
  std::uint64_t signs = 0;  ///< one bit a centre; the highest two for its double bond
  std::vector<Branch> branches;
  /// Set by write(): index in the SMILES of each atom of the fragment; in another order when the
  /// fragment was written towards its bond.
  std::vector<int> atoms;
};

struct Branch {
  std::size_t site = 0;  ///< of the parent's fragment
  Node node;
};

/// An ion, or the water of a hydrate, beside the molecule.
struct Companion {
  std::string_view smiles;  ///< one atom
  std::string_view name;    ///< "sodium"
  int charge = 0;
  bool operator==(const Companion&) const = default;
};

struct Structure {
  Node root;
  const Companion* companion = nullptr;  ///< null for most molecules
  std::size_t companions = 0;  ///< how many of them; more than one balance a higher charge
  bool companion_first = false;
  bool first_in_front = false;       ///< what stands on the root's first atom is written before it
  std::vector<int> companion_atoms;  ///< set by write()
};

/// A random structure.
[[nodiscard]] Structure grow(Random& random);

/// The same root with its substituents on other places of the same kind; the same structure when
/// there are none.
[[nodiscard]] Structure rearranged(const Structure& structure, Random& random);

/// Nothing in it has a specified configuration afterwards, but for what fragments always specify.
void forget_stereo(Node& node);

/// Sum of the formal charges of the tree, without companions.
[[nodiscard]] int charge(const Node& node);

/// The SMILES; fills in `atoms`.
[[nodiscard]] std::string write(Structure& structure);

/// The atoms of a node and of everything on it, rising.
[[nodiscard]] std::vector<int> all_atoms(const Node& node);

}  // namespace cupel::tasks::suite
