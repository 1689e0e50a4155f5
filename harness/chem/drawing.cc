#include "harness/chem/drawing.h"

#include <string_view>

#include <GraphMol/MolDraw2D/MolDraw2DSVG.h>
#include <GraphMol/MolDraw2D/MolDraw2DUtils.h>
#include <GraphMol/RDKitBase.h>
#include <fmt/format.h>

namespace cupel::chem {
namespace {

constexpr int kMinPixels = 16;
constexpr int kMaxPixels = 4096;

void check_indices(const std::vector<int>& indices, std::size_t count, std::string_view what) {
  for (const int index : indices) {
    if (index < 0 || static_cast<std::size_t>(index) >= count)
      throw Error(Code::kUsage, fmt::format("cannot highlight {} {} of {}", what, index, count));
  }
}

void check(const RDKit::ROMol& molecule, const DrawingOptions& options) {
  for (const int pixels : {options.width, options.height}) {
    if (pixels < kMinPixels || pixels > kMaxPixels)
      throw Error(Code::kUsage,
                  fmt::format("cannot draw {} x {} pixels", options.width, options.height),
                  fmt::format("each side must be {} to {}", kMinPixels, kMaxPixels));
  }
  if (molecule.getNumAtoms() > kMaxDrawnAtoms)
    throw Error(Code::kUsage, fmt::format("cannot draw {} atoms, at most {}",
                                          molecule.getNumAtoms(), kMaxDrawnAtoms));
  check_indices(options.highlight_atoms, molecule.getNumAtoms(), "atom");
  check_indices(options.highlight_bonds, molecule.getNumBonds(), "bond");
}

}  // namespace

std::string draw_svg(const Molecule& molecule, const DrawingOptions& options) {
  check(molecule.rdkit(), options);
  // Without FreeType the labels stay text, and no font of the machine changes the bytes.
  constexpr int kWholePanel = -1;
  constexpr bool kNoFreetype = true;
  RDKit::MolDraw2DSVG drawer(options.width, options.height, kWholePanel, kWholePanel, kNoFreetype);
  RDKit::RWMol copy(molecule.rdkit());
  copy.clearConformers();  // a CXSMILES block may carry coordinates
  RDKit::MolDraw2DUtils::prepareAndDrawMolecule(drawer, copy, "", &options.highlight_atoms,
                                                &options.highlight_bonds);
  drawer.finishDrawing();
  const std::string text = drawer.getDrawingText();
  const std::size_t begin = text.find("<svg");
  const std::size_t end = text.rfind("</svg>");
  return text.substr(begin, end - begin) + "</svg>";
}

}  // namespace cupel::chem
