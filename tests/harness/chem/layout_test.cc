#include "harness/chem/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/drawing.h"
#include "tests/support/molecules.h"

namespace cupel::chem {
namespace {

using test::molecule;

std::ptrdiff_t strokes(const Layout& layout, Stroke stroke) {
  return std::ranges::count(layout.bonds, stroke, &LaidBond::stroke);
}

constexpr std::array kMolecules{"C",
                                "CC",
                                "C1CC1",
                                "c1ccccc1",
                                "C[C@H](N)C(=O)O",
                                "C/C=C/C",
                                "C#N",
                                "[Na+].[Cl-]",
                                "[13CH4]",
                                "O=C(O)c1ccccc1OC(C)=O",
                                "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
                                "C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=CC(=O)CC[C@]34C",
                                "*C",
                                "[CH3]",
                                "N->[Pt](Cl)Cl",
                                "FS(F)(F)(F)(F)F"};

}  // namespace

TEST_CASE("Every bond of a layout joins two of its atoms, a bond's length apart") {
  for (const char* smiles : kMolecules) {
    INFO(smiles);
    const auto one = molecule(smiles);
    const Layout layout = lay_out(one);
    REQUIRE(layout.atoms.size() >= one.atoms());
    for (const LaidBond& bond : layout.bonds) {
      REQUIRE(bond.begin < layout.atoms.size());
      REQUIRE(bond.end < layout.atoms.size());
      CHECK(bond.begin != bond.end);
      const LaidAtom& from = layout.atoms[bond.begin];
      const LaidAtom& to = layout.atoms[bond.end];
      const double length = std::hypot(from.x - to.x, from.y - to.y);
      CHECK(length > 60.0);
      CHECK(length < 140.0);
    }
  }
}

TEST_CASE("A layout keeps the atoms in the order of the SMILES, with what is written beside them") {
  const Layout layout = lay_out(molecule("[NH3+]C[13CH3]"));
  REQUIRE(layout.atoms.size() == 3);
  CHECK(layout.atoms[0].symbol == "N");
  CHECK(layout.atoms[0].hydrogens == 3);
  CHECK(layout.atoms[0].charge == 1);
  CHECK(layout.atoms[0].labelled);
  CHECK_FALSE(layout.atoms[1].labelled);
  CHECK(layout.atoms[2].isotope == 13);
  CHECK(layout.atoms[2].labelled);
  CHECK(lay_out(molecule("[CH3]")).atoms[0].radicals == 1);
  CHECK(lay_out(molecule("")).atoms.empty());
}

TEST_CASE("Centres are shown by wedges, and mirror images by opposite ones") {
  const Layout left = lay_out(molecule("C[C@H](N)C(=O)O"));
  const Layout right = lay_out(molecule("C[C@@H](N)C(=O)O"));
  CHECK(strokes(left, Stroke::kWedge) + strokes(left, Stroke::kHash) == 1);
  CHECK(strokes(left, Stroke::kWedge) == strokes(right, Stroke::kHash));
  CHECK(strokes(lay_out(molecule("CC(N)C(=O)O")), Stroke::kWedge) == 0);
  for (std::size_t i = 0; i < left.bonds.size(); ++i) {
    if (left.bonds[i].stroke == Stroke::kWedge || left.bonds[i].stroke == Stroke::kHash)
      CHECK(left.bonds[i].begin == 1);  // narrow at the centre
  }
}

TEST_CASE("Benzene alternates, and the second line of each double bond is inside of the ring") {
  const Layout layout = lay_out(molecule("c1ccccc1"));
  CHECK(strokes(layout, Stroke::kSingle) == 3);
  for (const LaidBond& bond : layout.bonds) {
    if (bond.stroke == Stroke::kSingle) continue;
    const LaidAtom& from = layout.atoms[bond.begin];
    const LaidAtom& to = layout.atoms[bond.end];
    int x = 0;
    int y = 0;
    for (const LaidAtom& atom : layout.atoms) {
      x += atom.x;
      y += atom.y;
    }
    const auto size = static_cast<int>(layout.atoms.size());
    const int side = (to.x - from.x) * (y / size - from.y) - (to.y - from.y) * (x / size - from.x);
    CHECK(bond.stroke == (side > 0 ? Stroke::kDoubleLeft : Stroke::kDoubleRight));
  }
}

TEST_CASE("A molecule that is too large to be drawn is refused") {
  CHECK_THROWS_AS(lay_out(molecule(std::string(kMaxDrawnAtoms + 1, 'C'))), Error);
}

}  // namespace cupel::chem
