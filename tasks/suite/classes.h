/// Classes of compounds that descriptions mention ("a carboxylic acid", "a member of pyridines"),
/// each defined by a substructure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "harness/chem/molecule.h"

namespace cupel::tasks::suite {

struct CompoundClass {
  std::string_view name;    ///< with its article
  std::string_view smarts;  ///< what makes a molecule a member
};

[[nodiscard]] std::span<const CompoundClass> compound_classes();

struct ClassMatch {
  std::size_t index = 0;   ///< in compound_classes()
  std::size_t count = 0;   ///< how many times the substructure occurs
  std::vector<int> atoms;  ///< of all occurrences, rising
};

/// The classes that the molecule belongs to, in the order of the list.
[[nodiscard]] std::vector<ClassMatch> match_classes(const chem::Molecule& molecule);

}  // namespace cupel::tasks::suite
