#include "reports/html/molecule_table.h"

#include <algorithm>

#include "harness/chem/differing_atoms.h"
#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/core/parallel.h"

namespace cupel::reports {
namespace {

void write_places(JsonWriter& json, const std::vector<chem::LaidAtom>& atoms,
                  int chem::LaidAtom::* axis) {
  int before = 0;
  json.begin_array();
  for (const chem::LaidAtom& atom : atoms) {
    json.value(static_cast<std::int64_t>(atom.*axis - before));
    before = atom.*axis;
  }
  json.end_array();
}

void write_mark(JsonWriter& json, std::size_t place, const chem::LaidAtom& atom) {
  std::vector<std::int64_t> numbers{atom.hydrogens, atom.charge, atom.isotope, atom.radicals};
  while (!numbers.empty() && numbers.back() == 0) numbers.pop_back();
  json.begin_array().value(place).value(atom.symbol);
  for (const std::int64_t number : numbers) json.value(number);
  json.end_array();
}

std::vector<std::size_t> ranges(const std::vector<std::size_t>& atoms) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (i == 0 || atoms[i] != atoms[i - 1] + 1) {
      all.push_back(atoms[i]);
      all.push_back(0);
    }
    ++all.back();
  }
  return all;
}

std::string quoted(const std::string& text) {
  return JsonWriter(JsonLayout::kCompact).value(text).str();
}

const char* what_is_wrong(chem::Defect defect) {
  switch (defect) {
    case chem::Defect::kSyntax:
      return "not a valid molecule: no SMILES";
    case chem::Defect::kChemistry:
      return "not a valid molecule: impossible chemistry";
    case chem::Defect::kTooLarge:
      return "not a valid molecule: too large";
  }
  return "";
}

struct Entry {
  bool valid = false;
  std::string json;
};

Entry entry_of(const std::string& smiles) {
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule) return {.json = quoted(what_is_wrong(molecule.error().kind))};
  if (molecule->atoms() == 0) return {.json = quoted("no atoms")};
  try {
    JsonWriter json(JsonLayout::kCompact);
    write_layout(json, chem::lay_out(*molecule));
    return {.valid = true, .json = json.str()};
  } catch (const Error& error) {  // it is a molecule all the same
    return {.valid = true, .json = quoted(error.what())};
  }
}

}  // namespace

void write_layout(JsonWriter& json, const chem::Layout& layout) {
  json.begin_array();
  write_places(json, layout.atoms, &chem::LaidAtom::x);
  write_places(json, layout.atoms, &chem::LaidAtom::y);
  json.begin_array();
  for (std::size_t i = 0; i < layout.atoms.size(); ++i) {
    if (layout.atoms[i].labelled) write_mark(json, i, layout.atoms[i]);
  }
  json.end_array().begin_array();
  std::int64_t before = 0;
  for (const chem::LaidBond& bond : layout.bonds) {
    json.value(bond.begin - before).value(static_cast<std::int64_t>(bond.end) - bond.begin);
    json.value(static_cast<std::int64_t>(bond.stroke));
    before = bond.begin;
  }
  json.end_array().end_array();
}

std::size_t MoleculeTable::add(std::string_view smiles) {
  const auto at = numbers_.find(smiles);
  if (at != numbers_.end()) return at->second;
  const auto added = numbers_.emplace(smiles, texts_.size()).first;
  texts_.push_back(&added->first);
  return added->second;
}

void MoleculeTable::lay_out(unsigned jobs) {
  valid_.assign(size(), 0);
  json_.assign(size(), {});
  parallel_for(size(), jobs, [&](std::size_t i) {
    Entry entry = entry_of(*texts_[i]);
    valid_[i] = entry.valid ? 1 : 0;
    json_[i] = std::move(entry.json);
  });
}

std::string MoleculeTable::block(std::size_t block) const {
  std::string out = "[";
  const std::size_t end = std::min(size(), (block + 1) * kMoleculesInBlock);
  for (std::size_t i = block * kMoleculesInBlock; i < end; ++i) {
    if (out.size() > 1) out += ',';
    out += json_[i];
  }
  return out + "]";
}

std::vector<MoleculeTable::Difference> MoleculeTable::differences(
    const std::vector<std::pair<std::size_t, std::size_t>>& pairs, unsigned jobs) const {
  std::vector<Difference> all(pairs.size());
  parallel_for(pairs.size(), jobs, [&](std::size_t i) {
    const auto [left, right] = pairs[i];
    if (left == right || !valid(left) || !valid(right)) return;
    const auto first = chem::Molecule::from_smiles(*texts_[left]);
    const auto second = chem::Molecule::from_smiles(*texts_[right]);
    if (!first || !second) return;
    const chem::DifferingAtoms differing = chem::differing_atoms(*first, *second);
    all[i] = {ranges(differing.left), ranges(differing.right)};
  });
  return all;
}

}  // namespace cupel::reports
