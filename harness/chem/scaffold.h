/// Murcko scaffolds, for scaffold splits and scaffold overlap.
#pragma once

#include <string>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// MurckoScaffold.MurckoScaffoldSmiles(mol=…, includeChirality=…): canonical SMILES of the ring
/// systems and their linkers; empty for a molecule without rings.
[[nodiscard]] std::string murcko_scaffold(const Molecule& molecule, bool with_chirality);

}  // namespace cupel::chem
