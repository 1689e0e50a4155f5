#include "metrics/molecule/molecule_cache.h"

#include <atomic>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/inchi.h"
#include "harness/core/parallel.h"
#include "tests/support/molecules.h"

using cupel::metrics::MoleculeCache;
using cupel::metrics::MoleculeFacts;

TEST_CASE("A string has one set of facts, wherever it lives") {
  MoleculeCache cache;
  const MoleculeFacts& first = cache.get(std::string("CCO"));
  for (int i = 0; i < 1000; ++i) (void)cache.get(std::string(static_cast<std::size_t>(i), 'C'));
  CHECK(&cache.get("CCO") == &first);
  CHECK(first.smiles() == "CCO");
  CHECK(&cache.get("OCC") != &first);
  CHECK(&cache.get(std::string_view("C\0C", 3)) != &cache.get("C"));
}

TEST_CASE("Facts equal what chemistry answers directly") {
  cupel::chem::silence_rdkit();
  MoleculeCache cache({.radius = 1, .chirality = true});
  const std::string smiles = "C[C@H](N)C(=O)O";
  const auto molecule = cupel::test::molecule(smiles);
  const MoleculeFacts& facts = cache.get(smiles);
  CHECK(facts.parsed().has_value());
  CHECK(facts.canonical() == molecule.canonical_smiles());
  CHECK(facts.canonical_no_stereo() == molecule.canonical_smiles(false));
  CHECK(facts.maccs() == maccs(molecule));
  CHECK(facts.rdk() == rdk(molecule));
  CHECK(facts.morgan_bit_count() == 0);
  CHECK(facts.morgan_counts() == morgan_counts(molecule, {.radius = 1, .chirality = true}));
  CHECK_FALSE(facts.trailing_text());
  if (cupel::chem::has_inchi()) CHECK(facts.inchi() == cupel::chem::inchi(molecule));
  MoleculeCache folded({}, 256);
  CHECK(folded.get(smiles).morgan_bit_count() == 256);
  CHECK(folded.get(smiles).morgan_bits() == morgan_bits(molecule, 256));
}

TEST_CASE("A string that is no molecule keeps its defect") {
  cupel::chem::silence_rdkit();
  MoleculeCache cache;
  CHECK(cache.get("C(").parsed().error().kind == cupel::chem::Defect::kSyntax);
  CHECK(cache.get("c1cccc1").parsed().error().kind == cupel::chem::Defect::kChemistry);
}

TEST_CASE("Many threads may ask for the same facts at once") {
  cupel::chem::silence_rdkit();
  const std::vector<std::string> smiles = {"c1ccc2ccccc2c1", "CCO", "C(", "F/C=C/F"};
  const auto expected = cupel::test::molecule(smiles[0]).canonical_smiles();
  MoleculeCache cache;
  std::atomic<int> wrong = 0;
  cupel::parallel_for(400, 4, [&](std::size_t i) {
    const MoleculeFacts& facts = cache.get(smiles[i % 4]);
    if (!facts.parsed().has_value()) return;
    (void)facts.rdk();
    if (i % 4 == 0) wrong += static_cast<int>(facts.canonical() != expected);
  });
  CHECK(wrong == 0);
}
