/// Substructures by SMARTS.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::chem {

/// An immutable query; copies share it. Thread-safe to use.
class Pattern {
 public:
  /// Throws Error{kUsage} when RDKit cannot read the SMARTS.
  explicit Pattern(const std::string& smarts);

  /// mol.GetSubstructMatches(query): one atom list a match, in the order of the query's atoms;
  /// matches on the same set of atoms count once.
  [[nodiscard]] std::vector<std::vector<int>> matches(const Molecule& molecule) const;

 private:
  std::shared_ptr<const RDKit::ROMol> query_;
};

}  // namespace cupel::chem
