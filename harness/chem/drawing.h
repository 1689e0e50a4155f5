/// Two-dimensional drawings.
#pragma once

#include <string>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

struct DrawingOptions {
  int width = 300;                   ///< pixels
  int height = 220;                  ///< pixels
  std::vector<int> highlight_atoms;  ///< indices in the order of the SMILES string
  std::vector<int> highlight_bonds;
};

/// A self-contained <svg> element without an XML prologue. Coordinates are computed
/// (deterministically), never read. Throws Error{kUsage} for an index outside the molecule or a
/// size outside 16…4096.
[[nodiscard]] std::string draw_svg(const Molecule& molecule, const DrawingOptions& options = {});

}  // namespace cupel::chem
