// Any text is a molecule or a defect; what parses has fingerprints, and is as similar to itself as
// can be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/chem/fingerprint.h"
#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cupel::chem;
  static const bool silent = (silence_rdkit(), true);
  if (!silent || size > 200)
    return 0;  // the time of fingerprints and InChI grows fast; limits have tests of their own
  const std::string_view smiles(reinterpret_cast<const char*>(data), size);
  (void)has_trailing_text(smiles);
  const auto molecule = Molecule::from_smiles(smiles);
  if (!molecule) return 0;
  const BitFingerprint keys = maccs(*molecule);
  if (tanimoto(keys, keys) != 1.0) std::abort();
  const CountFingerprint counts = morgan_counts(*molecule);
  if (tanimoto(counts, counts) != (counts.counts.empty() ? 0.0 : 1.0)) std::abort();
  (void)rdk(*molecule);
  (void)molecule->canonical_smiles();
  if (has_inchi()) (void)inchi(*molecule);
  return 0;
}
