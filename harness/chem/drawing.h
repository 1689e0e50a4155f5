/// Two-dimensional drawings.
#pragma once

#include <cstddef>
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

/// Laying out more takes minutes, and nobody could read it.
inline constexpr std::size_t kMaxDrawnAtoms = 999;

/// A self-contained <svg> element without an XML prologue. Coordinates are computed
/// (deterministically), never read. Throws Error{kUsage} for an index outside the molecule or a
/// size outside 16…4096 or a molecule of more than kMaxDrawnAtoms atoms.
[[nodiscard]] std::string draw_svg(const Molecule& molecule, const DrawingOptions& options = {});

}  // namespace cupel::chem
