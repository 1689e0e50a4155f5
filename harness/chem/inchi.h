/// IUPAC International Chemical Identifiers.
#pragma once

#include <string>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// False when this build of Cupel has no InChI; whoever needs it must then refuse (exit 6), never
/// score 0.
[[nodiscard]] bool has_inchi();

/// Standard InChI, equal to Chem.MolToInchi(mol). Empty when InChI cannot treat the molecule (a
/// `*`, a dative bond, zero atoms, …). Throws Error{kCapability} when has_inchi() is false.
[[nodiscard]] std::string inchi(const Molecule& molecule);

/// The 27-character hash of a non-empty InChI, equal to Chem.InchiToInchiKey. Throws as inchi().
[[nodiscard]] std::string inchi_key(const std::string& inchi);

/// "1.07.3", the version of the InChI library, or empty without one.
[[nodiscard]] std::string inchi_version();

}  // namespace cupel::chem
