// The molecule facets of a pair.
#include <cassert>

#include "metrics/molecule/molecule_cache.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

const MoleculeFacts& looked_up(const MoleculeFacts*& facts, std::string_view smiles,
                               MoleculeCache* cache) {
  assert(cache != nullptr);
  if (facts == nullptr) facts = &cache->get(smiles);
  return *facts;
}

}  // namespace

const MoleculeFacts& Pair::predicted_molecule() const {
  return looked_up(predicted_molecule_, prediction_, context_.molecules);
}

const MoleculeFacts& Pair::reference_molecule() const {
  return looked_up(reference_molecule_, reference_, context_.molecules);
}

}  // namespace cupel::metrics
