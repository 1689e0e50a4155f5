#include "harness/chem/facts.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <GraphMol/MolOps.h>
#include <GraphMol/RDKitBase.h>
#include <GraphMol/Substruct/SubstructMatch.h>

#include "harness/core/split_mix.h"

namespace cupel::chem {
namespace {

std::uint64_t join(std::uint64_t seed, std::uint64_t value) {
  return split_mix(seed + kSplitMixStep + split_mix(value));
}

char label_of(RDKit::Bond::BondStereo stereo) {
  switch (stereo) {
    case RDKit::Bond::STEREOE:
    case RDKit::Bond::STEREOTRANS:
      return 'E';
    case RDKit::Bond::STEREOZ:
    case RDKit::Bond::STEREOCIS:
      return 'Z';
    default:
      return '\0';
  }
}

std::vector<std::uint64_t> refine(const RDKit::ROMol& graph) {
  std::vector<std::uint64_t> colours(graph.getNumAtoms());
  for (const RDKit::Atom* atom : graph.atoms())
    colours[atom->getIdx()] = split_mix(static_cast<std::uint64_t>(atom->getAtomicNum()));
  // A colour sees one bond further in each round. The number of rounds must not depend on the
  // molecule, or a counter-ion would change the hash.
  constexpr std::size_t kRounds = 32;
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<std::uint64_t> next(colours.size());
    for (const RDKit::Atom* atom : graph.atoms()) {
      std::uint64_t sum = 0;  // a sum does not depend on the order of the neighbours
      for (const RDKit::Atom* other : graph.atomNeighbors(atom))
        sum += split_mix(colours[other->getIdx()]);
      next[atom->getIdx()] = join(colours[atom->getIdx()], sum);
    }
    colours = std::move(next);
  }
  return colours;
}

}  // namespace

MoleculeFacts facts(const Molecule& molecule) {
  const RDKit::ROMol& graph = molecule.rdkit();
  MoleculeFacts out;
  std::vector<int> component_of;
  const unsigned components = RDKit::MolOps::getMolFrags(graph, component_of);
  // RDKit's ring list is symmetrized: adamantane has four there.
  out.rings = graph.getNumBonds() + components - graph.getNumAtoms();
  for (const auto& ring : graph.getRingInfo()->bondRings()) {
    out.aromatic_rings += std::ranges::all_of(ring, [&](int bond) {
      return graph.getBondWithIdx(static_cast<unsigned>(bond))->getIsAromatic();
    });
  }
  for (const RDKit::Atom* atom : graph.atoms()) {
    out.elements.push_back(atom->getAtomicNum());
    out.charges.push_back(atom->getFormalCharge());
    out.aromatic.push_back(atom->getIsAromatic());
    out.charge += atom->getFormalCharge();
    std::string label;
    if (atom->getPropIfPresent(RDKit::common_properties::_CIPCode, label) &&
        (label == "R" || label == "S"))
      out.stereo_atoms.push_back(
          {.atom = static_cast<int>(atom->getIdx()), .label = label.front()});
  }
  for (const RDKit::Bond* bond : graph.bonds()) {
    if (const char label = label_of(bond->getStereo()); label != '\0') {
      out.stereo_bonds.push_back({.begin = static_cast<int>(bond->getBeginAtomIdx()),
                                  .end = static_cast<int>(bond->getEndAtomIdx()),
                                  .label = label});
    }
  }
  return out;
}

std::uint64_t skeleton_hash(const Molecule& molecule) {
  const RDKit::ROMol& graph = molecule.rdkit();
  const auto colours = refine(graph);
  std::vector<int> component_of;
  RDKit::MolOps::getMolFrags(graph, component_of);
  std::map<int, std::pair<std::size_t, std::uint64_t>> components;  // atoms, sum of colours
  for (std::size_t atom = 0; atom < colours.size(); ++atom) {
    auto& [atoms, sum] = components[component_of[atom]];
    ++atoms;
    sum += split_mix(colours[atom]);
  }
  std::pair<std::size_t, std::uint64_t> largest;
  for (const auto& [number, component] : components) largest = std::max(largest, component);
  return largest.first == 0 ? 0 : join(largest.first, largest.second);
}

std::vector<std::vector<int>> symmetries(const Molecule& molecule) {
  RDKit::SubstructMatchParameters parameters;
  parameters.uniquify = false;
  parameters.maxMatches = 1000;
  std::vector<std::vector<int>> out;
  for (const auto& match : RDKit::SubstructMatch(molecule.rdkit(), molecule.rdkit(), parameters)) {
    std::vector<int> permutation(molecule.atoms());
    for (const auto& [from, to] : match) permutation[static_cast<std::size_t>(from)] = to;
    out.push_back(std::move(permutation));
  }
  return out;
}

}  // namespace cupel::chem
