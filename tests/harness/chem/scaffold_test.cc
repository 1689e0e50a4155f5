#include "harness/chem/scaffold.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

using cupel::chem::murcko_scaffold;
using cupel::test::member;
using cupel::test::molecule;

TEST_CASE("Scaffolds equal RDKit's Python call") {
  const auto golden =
      cupel::parse_json(cupel::read_file(cupel::test::data("chem_golden.json")), "golden");
  for (const auto& entry : member(golden, "molecules").items) {
    if (!member(entry, "valid").truth) continue;
    INFO(member(entry, "smiles").text);
    const auto parsed = molecule(member(entry, "smiles").text);
    CHECK(murcko_scaffold(parsed, true) == member(entry, "scaffold").text);
    CHECK(murcko_scaffold(parsed, false) == member(entry, "scaffold_flat").text);
  }
}

TEST_CASE("A scaffold keeps rings and linkers and drops the rest") {
  CHECK(murcko_scaffold(molecule("CCCCO"), true).empty());
  CHECK(murcko_scaffold(molecule(""), true).empty());
  CHECK(murcko_scaffold(molecule("Cc1ccccc1CCc1ccncc1"), true) == "c1ccc(CCc2ccncc2)cc1");
}

TEST_CASE("The longest chain that parses has its empty scaffold at once") {
  CHECK(murcko_scaffold(molecule(std::string(cupel::chem::kMaxAtoms, 'C')), true).empty());
}

TEST_CASE("The shared scaffold samples of ChEBI-20 are met with and without chirality") {
  const auto path = cupel::test::real_data("golden/scaffold_split_chebi20_test.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "scaffolds");
  REQUIRE(member(golden, "scaffold_samples").items.size() == 100);
  for (const auto& entry : member(golden, "scaffold_samples").items) {
    INFO(member(entry, "smiles").text);
    const auto parsed = molecule(member(entry, "smiles").text);
    CHECK(murcko_scaffold(parsed, true) == member(entry, "scaffold_chiral").text);
    CHECK(murcko_scaffold(parsed, false) == member(entry, "scaffold_flat").text);
  }
}
