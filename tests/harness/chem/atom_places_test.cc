#include "harness/chem/atom_places.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tasks/suite/suite.h"
#include "tests/metrics/text/golden_captions.h"
#include "tests/support/molecules.h"

namespace {

using namespace cupel;

/// The letter at each place.
std::string letters(const std::string& smiles) {
  std::string found;
  for (const std::size_t place : chem::atom_places(smiles)) found += smiles[place];
  return found;
}

}  // namespace

TEST_CASE("atoms are found between bonds, branches, rings and brackets") {
  CHECK(chem::atom_places("CCl") == std::vector<std::size_t>{0, 1});
  CHECK(chem::atom_places("[13CH4]") == std::vector<std::size_t>{3});
  CHECK(letters("C(=O)(Cl)Br") == "COCB");
  CHECK(letters("c1ccc2[nH]ccc2c1") == "ccccncccc");
  CHECK(letters("C[C@@H](F)/C=C\\[N+](=O)[O-]") == "CCFCCNOO");
  CHECK(letters("C%12CC%12.[Na+].[se]") == "CCCNs");
  CHECK(letters("*C[*:1]") == "*C*");
  CHECK(letters("").empty());
}

TEST_CASE("there are as many places as RDKit reads atoms, in the whole suite") {
  chem::silence_rdkit();
  std::size_t seen = 0;
  for (const char* set : {"mini-chebi-20", "mini-pcdes"}) {
    const auto files = tasks::make_suite_set(set, {.scale = 0.2});
    for (std::size_t i = 0; i < 3; ++i) {
      const auto lines = test::split(files[i].bytes, '\n');
      for (std::size_t row = 1; row < lines.size(); ++row) {
        const auto cells = test::split(lines[row], '\t');
        if (cells.size() < 3) continue;
        INFO(cells[1]);
        REQUIRE(chem::atom_places(cells[1]).size() == test::molecule(cells[1]).atoms());
        ++seen;
      }
    }
  }
  CHECK(seen > 900);
}
