#include "harness/chem/pattern.h"

#include <exception>
#include <utility>

#include <GraphMol/RDKitBase.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/Substruct/SubstructMatch.h>

#include "harness/core/error.h"

namespace cupel::chem {

Pattern::Pattern(const std::string& smarts) {
  try {
    query_ = RDKit::v2::SmilesParse::MolFromSmarts(smarts);
  } catch (const std::exception&) {  // said below
    query_ = nullptr;
  }
  if (query_ == nullptr)
    throw Error(Code::kUsage, "'" + smarts + "' cannot be read as SMARTS", "see Daylight's manual");
}

std::vector<std::vector<int>> Pattern::matches(const Molecule& molecule) const {
  std::vector<std::vector<int>> out;
  for (const auto& match : RDKit::SubstructMatch(molecule.rdkit(), *query_)) {
    std::vector<int> atoms;
    atoms.reserve(match.size());
    for (const auto& [of_query, of_molecule] : match) atoms.push_back(of_molecule);
    out.push_back(std::move(atoms));
  }
  return out;
}

}  // namespace cupel::chem
