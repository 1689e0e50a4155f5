/// Where the atoms of a SMILES stand in it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cupel::chem {

/// For each atom the byte of its first letter (or of *), in the order in which they are written,
/// which is RDKit's. Bonds, brackets, charges, isotopes and ring numbers belong to no atom.
/// A hydrogen written as an atom of its own ([H]) counts, though RDKit removes most of them.
/// `smiles` is a valid molecule and nothing else: nothing is checked.
[[nodiscard]] std::vector<std::size_t> atom_places(std::string_view smiles);

}  // namespace cupel::chem
