#include "harness/chem/inchi.h"

#include <exception>
#include <new>

#include <GraphMol/RDKitBase.h>
#include <GraphMol/inchi.h>

namespace cupel::chem {

bool has_inchi() { return true; }

std::string inchi(const Molecule& molecule) {
  if (molecule.atoms() == 0) return {};
  try {
    RDKit::ExtraInchiReturnValues ignored;
    return RDKit::MolToInchi(molecule.rdkit(), ignored);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {  // RDKit refuses before InChI could
    return {};
  }
}

std::string inchi_key(const std::string& inchi) { return RDKit::InchiToInchiKey(inchi); }

std::string inchi_version() {
  // InChI names its version in one place that can be asked for: the first line of its help.
  const auto methane = Molecule::from_smiles("C");
  RDKit::ExtraInchiReturnValues help;
  (void)RDKit::MolToInchi(methane->rdkit(), help, "-?");
  constexpr std::string_view kMark = "Software ";
  const std::size_t mark = help.logPtr.find(kMark);
  if (mark == std::string::npos) return "unknown";
  const std::size_t begin = mark + kMark.size();
  return help.logPtr.substr(begin, help.logPtr.find_first_not_of(".0123456789", begin) - begin);
}

}  // namespace cupel::chem
