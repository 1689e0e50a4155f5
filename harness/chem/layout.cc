#include "harness/chem/layout.h"

#include <cmath>
#include <exception>

#include <GraphMol/MolDraw2D/MolDraw2D.h>
#include <GraphMol/MolDraw2D/MolDraw2DUtils.h>
#include <GraphMol/RDKitBase.h>
#include <fmt/format.h>

#include "harness/chem/drawing.h"

namespace cupel::chem {
namespace {

constexpr double kBondLength = 1.5;  // of RDKit's layouts
constexpr int kCarbon = 6;

int hundredths(double length) {
  return static_cast<int>(std::lround(length / kBondLength * 100.0));
}

LaidAtom laid(const RDKit::Atom& atom, const RDGeom::Point3D& at) {
  LaidAtom result{.x = hundredths(at.x),
                  .y = hundredths(at.y),
                  .symbol = atom.getAtomicNum() == 0 ? "*" : atom.getSymbol(),
                  .labelled = true,
                  .hydrogens = atom.getTotalNumHs(),
                  .charge = atom.getFormalCharge(),
                  .isotope = atom.getIsotope(),
                  .radicals = atom.getNumRadicalElectrons()};
  result.labelled = atom.getAtomicNum() != kCarbon || atom.getDegree() == 0 || result.charge != 0 ||
                    result.isotope != 0 || result.radicals != 0;
  return result;
}

/// On which side of a double bond its ring, or else most of its neighbours are; 0: on neither.
double lean(const RDKit::Bond& bond, const RDKit::Conformer& places) {
  const RDKit::ROMol& molecule = bond.getOwningMol();
  const RDGeom::Point3D from = places.getAtomPos(bond.getBeginAtomIdx());
  const RDGeom::Point3D way = places.getAtomPos(bond.getEndAtomIdx()) - from;
  const RDKit::RingInfo& rings = *molecule.getRingInfo();
  double sum = 0.0;
  const auto count = [&](unsigned atom, double weight) {
    const RDGeom::Point3D to = places.getAtomPos(atom) - from;
    const double side = way.x * to.y - way.y * to.x;
    if (std::abs(side) > 0.01) sum += side > 0.0 ? weight : -weight;
  };
  for (const auto& ring : rings.bondRings()) {
    bool own = false;
    for (const int one : ring) own = own || one == static_cast<int>(bond.getIdx());
    if (!own) continue;
    for (const int one : ring) {
      count(molecule.getBondWithIdx(static_cast<unsigned>(one))->getBeginAtomIdx(), 1.0);
      count(molecule.getBondWithIdx(static_cast<unsigned>(one))->getEndAtomIdx(), 1.0);
    }
  }
  if (sum != 0.0) return sum;
  for (const RDKit::Atom* atom : {bond.getBeginAtom(), bond.getEndAtom()}) {
    for (const RDKit::Atom* other : molecule.atomNeighbors(atom)) count(other->getIdx(), 1.0);
  }
  return sum;
}

Stroke double_stroke(const RDKit::Bond& bond, const RDKit::Conformer& places) {
  if (bond.getBeginAtom()->getDegree() == 1 || bond.getEndAtom()->getDegree() == 1)
    return Stroke::kDouble;
  const double side = lean(bond, places);
  if (side == 0.0) return Stroke::kDouble;
  return side > 0.0 ? Stroke::kDoubleLeft : Stroke::kDoubleRight;
}

Stroke stroke_of(const RDKit::Bond& bond, const RDKit::Conformer& places) {
  switch (bond.getBondType()) {
    case RDKit::Bond::SINGLE:
      switch (bond.getBondDir()) {
        case RDKit::Bond::BEGINWEDGE:
          return Stroke::kWedge;
        case RDKit::Bond::BEGINDASH:
          return Stroke::kHash;
        case RDKit::Bond::UNKNOWN:
          return Stroke::kWavy;
        default:
          return Stroke::kSingle;
      }
    case RDKit::Bond::DOUBLE:
      return double_stroke(bond, places);
    case RDKit::Bond::TRIPLE:
      return Stroke::kTriple;
    default:
      return Stroke::kOther;
  }
}

void prepare(RDKit::RWMol& copy) {
  constexpr bool kKekulize = true;
  constexpr bool kAddChiralHydrogens = true;
  constexpr bool kWedge = true;
  constexpr bool kForceCoordinates = true;  // a CXSMILES block may carry some
  try {
    RDKit::MolDraw2DUtils::prepareMolForDrawing(copy, kKekulize, kAddChiralHydrogens, kWedge,
                                                kForceCoordinates);
  } catch (const std::exception& error) {
    throw Error(Code::kUsage, fmt::format("RDKit cannot lay the molecule out: {}", error.what()));
  }
}

}  // namespace

Layout lay_out(const Molecule& molecule) {
  if (molecule.atoms() > kMaxDrawnAtoms)
    throw Error(Code::kUsage, fmt::format("cannot lay out {} atoms, at most {}", molecule.atoms(),
                                          kMaxDrawnAtoms));
  Layout layout;
  if (molecule.atoms() == 0) return layout;
  RDKit::RWMol copy(molecule.rdkit());
  prepare(copy);
  const RDKit::Conformer& places = copy.getConformer();
  for (const RDKit::Atom* atom : copy.atoms())
    layout.atoms.push_back(laid(*atom, places.getAtomPos(atom->getIdx())));
  for (const RDKit::Bond* bond : copy.bonds())
    layout.bonds.push_back({.begin = bond->getBeginAtomIdx(),
                            .end = bond->getEndAtomIdx(),
                            .stroke = stroke_of(*bond, places)});
  return layout;
}

}  // namespace cupel::chem
