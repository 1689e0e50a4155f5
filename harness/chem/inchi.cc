#include "harness/chem/inchi.h"

#include <cstddef>
#include <exception>
#include <new>
#include <string_view>

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
  // InChI names its version in one place that can be asked for: the first line of its help. It
  // leaks a few bytes there, so it is asked once.
  static const std::string version = [] {
    RDKit::ExtraInchiReturnValues help;
    (void)RDKit::MolToInchi(RDKit::RWMol(), help, "-?");
    constexpr std::string_view kMark = "Software ";
    const std::size_t mark = help.logPtr.find(kMark);
    if (mark == std::string::npos) return std::string("unknown");
    const std::size_t begin = mark + kMark.size();
    const std::size_t end = help.logPtr.find_first_not_of(".0123456789", begin);
    return help.logPtr.substr(begin, end - begin);
  }();
  return version;
}

}  // namespace cupel::chem
