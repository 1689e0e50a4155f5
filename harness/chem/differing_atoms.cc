#include "harness/chem/differing_atoms.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <GraphMol/Fingerprints/MorganGenerator.h>
#include <GraphMol/RDKitBase.h>

namespace cupel::chem {
namespace {

constexpr std::size_t kLargestRadius = 3;

using Numbers = std::vector<std::uint32_t>;

/// The same number for the same environment, in both molecules.
class Environments {
 public:
  std::uint32_t number(Numbers environment) {
    return numbers_.emplace(std::move(environment), static_cast<std::uint32_t>(numbers_.size()))
        .first->second;
  }

 private:
  std::map<Numbers, std::uint32_t> numbers_;
};

Numbers atom_invariants(const RDKit::ROMol& molecule) {
  const RDKit::MorganFingerprint::MorganAtomInvGenerator generator(true);
  const std::unique_ptr<Numbers> invariants(generator.getAtomInvariants(molecule));
  return *invariants;
}

Numbers bond_invariants(const RDKit::ROMol& molecule) {
  const RDKit::MorganFingerprint::MorganBondInvGenerator generator(true, true);
  const std::unique_ptr<Numbers> invariants(generator.getBondInvariants(molecule));
  return *invariants;
}

std::uint32_t handedness(const RDKit::Atom& atom) {
  std::string code;
  atom.getPropIfPresent(RDKit::common_properties::_CIPCode, code);
  return code.empty() ? 0U : static_cast<std::uint32_t>(code.front());
}

/// One number an atom, of radius 0.
Numbers first_numbers(const RDKit::ROMol& molecule, Environments& environments) {
  const Numbers invariants = atom_invariants(molecule);
  Numbers numbers;
  for (const RDKit::Atom* atom : molecule.atoms())
    numbers.push_back(environments.number({invariants[atom->getIdx()], handedness(*atom)}));
  return numbers;
}

/// Of the next radius.
Numbers widened(const RDKit::ROMol& molecule, const Numbers& numbers, const Numbers& bonds,
                Environments& environments) {
  Numbers wider;
  for (const RDKit::Atom* atom : molecule.atoms()) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> around;
    for (const RDKit::Bond* bond : molecule.atomBonds(atom))
      around.emplace_back(bonds[bond->getIdx()], numbers[bond->getOtherAtomIdx(atom->getIdx())]);
    std::ranges::sort(around);
    Numbers environment{numbers[atom->getIdx()]};
    for (const auto& [bond, other] : around) {
      environment.push_back(bond);
      environment.push_back(other);
    }
    wider.push_back(environments.number(std::move(environment)));
  }
  return wider;
}

/// By radius from 1.
std::vector<Numbers> all_numbers(const RDKit::ROMol& molecule, Environments& environments) {
  const Numbers bonds = bond_invariants(molecule);
  std::vector<Numbers> all;
  Numbers numbers = first_numbers(molecule, environments);
  for (std::size_t radius = 1; radius <= kLargestRadius; ++radius) {
    numbers = widened(molecule, numbers, bonds, environments);
    all.push_back(numbers);
  }
  return all;
}

/// Takes out of both lists what has equal numbers.
void match(const Numbers& left_numbers, const Numbers& right_numbers, DifferingAtoms& open) {
  std::map<std::uint32_t, std::size_t> waiting;  // on the right
  for (const std::size_t atom : open.right) ++waiting[right_numbers[atom]];
  std::map<std::uint32_t, std::size_t> taken;
  std::erase_if(open.left, [&](std::size_t atom) {
    const auto at = waiting.find(left_numbers[atom]);
    if (at == waiting.end() || at->second == 0) return false;
    --at->second;
    ++taken[left_numbers[atom]];
    return true;
  });
  std::erase_if(open.right, [&](std::size_t atom) {
    const auto at = taken.find(right_numbers[atom]);
    if (at == taken.end() || at->second == 0) return false;
    --at->second;
    return true;
  });
}

std::vector<std::size_t> all_of(std::size_t atoms) {
  std::vector<std::size_t> all(atoms);
  for (std::size_t i = 0; i < atoms; ++i) all[i] = i;
  return all;
}

}  // namespace

DifferingAtoms differing_atoms(const Molecule& left, const Molecule& right) {
  Environments environments;
  const std::vector<Numbers> of_left = all_numbers(left.rdkit(), environments);
  const std::vector<Numbers> of_right = all_numbers(right.rdkit(), environments);
  DifferingAtoms open{.left = all_of(left.atoms()), .right = all_of(right.atoms())};
  for (std::size_t radius = kLargestRadius; radius > 0; --radius)
    match(of_left[radius - 1], of_right[radius - 1], open);
  return open;
}

}  // namespace cupel::chem
