#include "harness/chem/facts.h"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

namespace {

using namespace cupel;
using test::member;
using test::molecule;

std::vector<int> numbers(const JsonValue& list) {
  std::vector<int> out;
  for (const JsonValue& item : list.items) out.push_back(static_cast<int>(item.integer));
  return out;
}

std::vector<std::string> texts(const JsonValue& list) {
  std::vector<std::string> out;
  for (const JsonValue& item : list.items) out.push_back(item.text);
  return out;
}

std::uint64_t hash(const char* smiles) { return chem::skeleton_hash(molecule(smiles)); }

}  // namespace

TEST_CASE("facts equal RDKit's Python calls") {
  const auto golden = parse_json(read_file(test::data("facts_golden.json")), "golden");
  REQUIRE(member(golden, "molecules").items.size() > 15);
  for (const JsonValue& entry : member(golden, "molecules").items) {
    INFO(member(entry, "smiles").text);
    const auto parsed = molecule(member(entry, "smiles").text);
    const auto found = chem::facts(parsed);
    CHECK(static_cast<std::int64_t>(found.rings) == member(entry, "rings").integer);
    CHECK(static_cast<std::int64_t>(found.aromatic_rings) ==
          member(entry, "aromatic_rings").integer);
    CHECK(found.charge == member(entry, "charge").integer);
    CHECK(found.elements == numbers(member(entry, "elements")));
    CHECK(std::vector<int>(found.aromatic.begin(), found.aromatic.end()) ==
          numbers(member(entry, "aromatic")));
    std::vector<std::string> centres;
    for (const auto& centre : found.stereo_atoms)
      centres.push_back(fmt::format("{}{}", centre.atom, centre.label));
    CHECK(centres == texts(member(entry, "centres")));
    std::vector<std::string> bonds;
    for (const auto& bond : found.stereo_bonds)
      bonds.push_back(fmt::format("{}-{}{}", bond.begin, bond.end, bond.label));
    CHECK(bonds == texts(member(entry, "double_bonds")));
    CHECK(static_cast<std::int64_t>(chem::symmetries(parsed).size()) ==
          member(entry, "symmetries").integer);
  }
}

TEST_CASE("symmetries are permutations that map neighbours on neighbours") {
  const auto all = chem::symmetries(molecule("Cc1ccncc1"));
  REQUIRE(all.size() == 2);
  CHECK(std::set(all.begin(), all.end()) ==
        std::set<std::vector<int>>{{0, 1, 2, 3, 4, 5, 6}, {0, 1, 6, 5, 4, 3, 2}});
}

TEST_CASE("a skeleton is the elements and who is bonded to whom, in the largest component") {
  const auto alanine = hash("CC(N)C(=O)O");
  for (const char* same : {"OC(=O)C(C)N", "C[C@H](N)C(=O)O", "CC([NH3+])C(=O)[O-]",
                           "CC(N)C(=O)[O-].[Na+]", "O.CC(=N)C(O)O"})
    CHECK(hash(same) == alanine);
  for (const char* other : {"CCNC(=O)O", "NCCC(=O)O", "CC(N)C(=O)S", "CC(N)C(=O)OC", "CC(N)C=O"})
    CHECK(hash(other) != alanine);
  CHECK(hash("c1ccccc1C1CCCCC1") == hash("C1CCCCC1C1=CC=CC=C1"));
  CHECK(hash("Oc1ncccc1") == hash("O=c1cccc[nH]1"));
  CHECK(hash("CC1CCCCC1C") != hash("CC1CCCC(C)C1"));
  CHECK(hash("") == 0);
}
