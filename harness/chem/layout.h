/// Where the atoms of a molecule stand on paper, for whoever draws it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

struct LaidAtom {
  int x = 0;  ///< hundredths of a bond's length, to the right
  int y = 0;  ///< the same, upwards
  std::string symbol;
  bool labelled = true;  ///< false: a carbon that is drawn as a corner
  unsigned hydrogens = 0;
  int charge = 0;
  unsigned isotope = 0;
  unsigned radicals = 0;
};

/// How a bond is drawn.
enum class Stroke : std::uint8_t {
  kSingle = 1,
  kDouble = 2,  ///< two lines, one on each side
  kTriple = 3,
  kDoubleLeft = 4,  ///< the second line left of the way from `begin` to `end`
  kDoubleRight = 5,
  kWedge = 6,  ///< towards the reader, narrow at `begin`
  kHash = 7,   ///< away from the reader, narrow at `begin`
  kWavy = 8,   ///< not known which
  kOther = 9   ///< dative, of order zero, and so on
};

struct LaidBond {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Stroke stroke = Stroke::kSingle;
};

/// The atoms of the SMILES in its order, then hydrogens that only the drawing needs, to show how a
/// centre in a ring is turned.
struct Layout {
  std::vector<LaidAtom> atoms;
  std::vector<LaidBond> bonds;
};

/// RDKit's layout (compute2DCoords) and its wedges, with rings as alternating single and double
/// bonds. Deterministic. Thread-safe. Throws Error{kUsage} for more than kMaxDrawnAtoms atoms
/// (harness/chem/drawing.h), and for a molecule that RDKit cannot prepare.
[[nodiscard]] Layout lay_out(const Molecule& molecule);

}  // namespace cupel::chem
