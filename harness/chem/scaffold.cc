#include "harness/chem/scaffold.h"

#include <memory>

#include <GraphMol/ChemTransforms/ChemTransforms.h>
#include <GraphMol/MolOps.h>
#include <GraphMol/RDKitBase.h>
#include <GraphMol/SmilesParse/SmilesWrite.h>

namespace cupel::chem {

std::string murcko_scaffold(const Molecule& molecule, bool with_chirality) {
  // RDKit prunes one layer of end atoms at a time, which takes minutes for a long chain.
  if (molecule.rdkit().getRingInfo()->numRings() == 0) return {};
  const std::unique_ptr<RDKit::ROMol> scaffold(RDKit::MurckoDecompose(molecule.rdkit()));
  scaffold->clearComputedProps();
  scaffold->updatePropertyCache();
  RDKit::MolOps::symmetrizeSSSR(*scaffold);
  return RDKit::MolToSmiles(*scaffold, with_chirality);
}

}  // namespace cupel::chem
