// Compiled in place of inchi.cc when CUPEL_WITH_INCHI is OFF.
#include "harness/chem/inchi.h"

namespace cupel::chem {
namespace {

[[noreturn]] void refuse() {
  throw Error(Code::kCapability, "this build of Cupel has no InChI",
              "configure with -DCUPEL_WITH_INCHI=ON, or compare molecules by canonical SMILES");
}

}  // namespace

bool has_inchi() { return false; }
std::string inchi(const Molecule& /*molecule*/) { refuse(); }
std::string inchi_key(const std::string& /*inchi*/) { refuse(); }
std::string inchi_version() { return {}; }

}  // namespace cupel::chem
