/// What can be counted in a molecule. Atom indices are those of the SMILES string that was read,
/// bar hydrogens that it wrote as atoms of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// A tetrahedral centre whose configuration is stated; `label` is 'R' or 'S'.
struct StereoAtom {
  int atom = 0;
  char label = 'R';
  bool operator==(const StereoAtom&) const = default;
};

/// A double bond whose configuration is stated; `label` is 'E' or 'Z'.
struct StereoBond {
  int begin = 0;
  int end = 0;
  char label = 'E';
  bool operator==(const StereoBond&) const = default;
};

struct MoleculeFacts {
  std::size_t rings = 0;           ///< len(GetSSSR): bonds - atoms + components
  std::size_t aromatic_rings = 0;  ///< CalcNumAromaticRings
  int charge = 0;                  ///< GetFormalCharge, of all components together
  std::vector<int> elements;       ///< atomic number of each atom
  std::vector<int> charges;        ///< formal charge of each atom
  std::vector<bool> aromatic;      ///< whether each atom is aromatic
  /// Labels as RDKit's parser gives them (the legacy rules), by rising index.
  std::vector<StereoAtom> stereo_atoms;
  std::vector<StereoBond> stereo_bonds;
};

[[nodiscard]] MoleculeFacts facts(const Molecule& molecule);

/// A hash of the elements and of who is bonded to whom in the component with the most atoms; bond
/// orders, hydrogens, charges, isotopes, stereo marks and the smaller components (counter-ions) do
/// not count. Molecules with equal canonical SMILES, or equal first blocks of their InChIKeys, have
/// equal hashes: InChI moves charges and hydrogens, and leaves bonds between other atoms than
/// metals where they are. Weisfeiler-Lehman refinement, of our own: the same on every machine and
/// with every RDKit. 0 for a molecule without atoms.
[[nodiscard]] std::uint64_t skeleton_hash(const Molecule& molecule);

/// The ways to put the molecule on itself: permutation[i] is the atom that takes the place of atom
/// i. Elements, bonds and aromaticity count, stereo marks do not. At most 1,000, the identity among
/// them.
[[nodiscard]] std::vector<std::vector<int>> symmetries(const Molecule& molecule);

}  // namespace cupel::chem
