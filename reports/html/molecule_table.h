/// The molecules of a page, each SMILES once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/chem/layout.h"
#include "harness/core/json.h"

namespace cupel::reports {

/// Molecules in one block of a page: some 200 kB when packed.
inline constexpr std::size_t kMoleculesInBlock = 2048;

/// Writes [xs, ys, marks, bonds], in the order of the layout:
///   xs, ys  coordinates in hundredths of a bond, each less the one before it
///   marks   of atoms with a label: [atom, symbol, hydrogens, charge, isotope, radicals], without
///           zeros at the end
///   bonds   three numbers each: begin less the begin before it, end less begin, chem::Stroke
/// Differences repeat within a molecule, which makes packed ones a third of the size.
void write_layout(JsonWriter& json, const chem::Layout& layout);

class MoleculeTable {
 public:
  /// The number of this SMILES.
  std::size_t add(std::string_view smiles);
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

  /// Lays all of them out, with `jobs` threads (0: all). Afterwards:
  void lay_out(unsigned jobs);
  /// Whether it is a molecule with atoms.
  [[nodiscard]] bool valid(std::size_t number) const { return valid_[number]; }
  /// The array of kMoleculesInBlock molecules of a block; in place of one that cannot be drawn a
  /// text that says why.
  [[nodiscard]] std::string block(std::size_t block) const;
  [[nodiscard]] std::size_t blocks() const {
    return (size() + kMoleculesInBlock - 1) / kMoleculesInBlock;
  }

  /// Left and right of a pair, each as ranges: first atom, number of atoms, and so on.
  using Difference = std::pair<std::vector<std::size_t>, std::vector<std::size_t>>;
  /// chem::differing_atoms of each pair of numbers; nothing for those that are not two molecules.
  [[nodiscard]] std::vector<Difference> differences(
      const std::vector<std::pair<std::size_t, std::size_t>>& pairs, unsigned jobs) const;

 private:
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::vector<const std::string*> texts_;
  std::vector<char> valid_;        // of each; no vector<bool>, as threads fill it
  std::vector<std::string> json_;  // of each
};

}  // namespace cupel::reports
