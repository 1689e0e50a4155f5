#include <catch2/catch_test_macros.hpp>

#include "metrics/molecule/molecule_cache.h"
#include "metrics/pair.h"

TEST_CASE("A pair finds its molecules in the shared cache") {
  cupel::metrics::MoleculeCache cache;
  const cupel::metrics::PairContext context{.molecules = &cache};
  const cupel::metrics::Pair pair("CC", "CCO", context);
  CHECK(pair.predicted_molecule().parsed()->atoms() == 2);
  CHECK(pair.reference_molecule().parsed()->atoms() == 3);
  CHECK(&pair.predicted_molecule() == &cache.get("CC"));
  CHECK(&pair.reference_molecule() == &cache.get("CCO"));
}
