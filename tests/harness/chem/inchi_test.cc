#include "harness/chem/inchi.h"

#include <atomic>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/parallel.h"
#include "tests/support/molecules.h"

using cupel::chem::inchi;
using cupel::test::member;
using cupel::test::molecule;

TEST_CASE("InChIs and their keys equal RDKit's Python calls") {
  REQUIRE(cupel::chem::has_inchi());
  const auto golden =
      cupel::parse_json(cupel::read_file(cupel::test::data("chem_golden.json")), "golden");
  for (const auto& entry : member(golden, "molecules").items) {
    if (!member(entry, "valid").truth) continue;
    INFO(member(entry, "smiles").text);
    const std::string identifier = inchi(molecule(member(entry, "smiles").text));
    CHECK(identifier == member(entry, "inchi").text);
    if (!identifier.empty())
      CHECK(cupel::chem::inchi_key(identifier) == member(entry, "inchi_key").text);
  }
}

TEST_CASE("InChI merges tautomers and tells stereoisomers apart") {
  CHECK(inchi(molecule("Oc1ncccc1")) == inchi(molecule("O=c1cccc[nH]1")));
  CHECK(inchi(molecule("F/C=C/F")) != inchi(molecule("F/C=C\\F")));
}

TEST_CASE("What InChI cannot treat has an empty InChI") {
  CHECK(inchi(molecule("*C")).empty());
  CHECK(inchi(molecule("")).empty());
  CHECK(inchi(molecule(std::string(1024, 'C'))).empty());  // standard InChI ends below
  CHECK_FALSE(inchi(molecule(std::string(1023, 'C'))).empty());
}

TEST_CASE("The InChI library says its version") {
  CHECK(cupel::chem::inchi_version().starts_with("1."));
  CHECK(cupel::chem::inchi_version().find_first_not_of(".0123456789") == std::string::npos);
}

TEST_CASE("InChIs of real molecules do not depend on the number of threads") {
  const auto rows =
      cupel::test::table(cupel::test::real_data("molt5/molt5-large-caption2smiles.txt"), '\t');
  std::vector<std::string> alone(rows.size());
  for (std::size_t i = 1; i < rows.size(); ++i) alone[i] = inchi(molecule(rows[i].at(1)));
  std::atomic<int> wrong = 0;
  cupel::parallel_for(rows.size() - 1, 4, [&](std::size_t i) {
    wrong += static_cast<int>(inchi(molecule(rows[i + 1].at(1))) != alone[i + 1]);
  });
  CHECK(wrong == 0);
}

TEST_CASE("The odd SMILES of the shared goldens have the recorded InChI") {
  const auto path = cupel::test::real_data("golden/smiles_edge_cases.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "edge cases");
  for (const auto& entry : member(golden, "cases").items) {
    if (!member(entry, "valid").truth) continue;
    INFO(member(entry, "smiles").text);
    CHECK(inchi(molecule(member(entry, "smiles").text)) == member(entry, "inchi").text);
  }
}
