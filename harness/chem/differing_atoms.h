/// Which atoms of two molecules have no counterpart in the other one.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// Rising indices, in the order of the SMILES strings.
struct DifferingAtoms {
  std::vector<std::size_t> left;
  std::vector<std::size_t> right;
  bool operator==(const DifferingAtoms&) const = default;
};

/// An atom's environment is what a Morgan fingerprint of radius 1 sees of it (Rogers and Hahn 2010;
/// RDKit's invariants of atoms and bonds, rings included), with R and S of the atom and E and Z of
/// its bonds. Atoms of equal environments are matched one to one; where one molecule has more of
/// them, those are matched first whose environments of radius 3, and then 2, are equal too. The
/// atoms that are left over differ.
///
/// The same molecule differs in nothing. The lists may be empty for molecules that are not equal:
/// where the difference is only seen from farther away.
[[nodiscard]] DifferingAtoms differing_atoms(const Molecule& left, const Molecule& right);

}  // namespace cupel::chem
