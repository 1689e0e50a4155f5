#include "tasks/suite/structure.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/facts.h"
#include "tests/support/molecules.h"

using namespace cupel;
using namespace cupel::tasks::suite;

namespace {

std::vector<int> sorted_elements(const std::string& smiles) {
  auto elements = chem::facts(test::molecule(smiles)).elements;
  std::ranges::sort(elements);
  return elements;
}

}  // namespace

TEST_CASE("what the grammar writes parses, and every atom belongs to one fragment") {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Random random(stream(seed, "structure test", 0));
    Structure structure = grow(random);
    const std::string smiles = write(structure);
    INFO(smiles);
    const auto facts = chem::facts(test::molecule(smiles));
    auto atoms = all_atoms(structure.root);
    atoms.insert(atoms.end(), structure.companion_atoms.begin(), structure.companion_atoms.end());
    std::ranges::sort(atoms);
    REQUIRE(atoms.size() == facts.elements.size());
    for (std::size_t i = 0; i < atoms.size(); ++i) CHECK(atoms[i] == static_cast<int>(i));
    int net = charge(structure.root);
    if (structure.companion != nullptr)
      net += structure.companion->charge * static_cast<int>(structure.companions);
    CHECK(net == facts.charge);
    if (structure.companion != nullptr) CHECK(net == 0);
    CHECK(write(structure) == smiles);  // writing again starts afresh
  }
}

TEST_CASE("one seed grows one structure") {
  Random first(7);
  Random second(7);
  Random third(8);
  Structure a = grow(first);
  Structure b = grow(second);
  Structure c = grow(third);
  CHECK(write(a) == write(b));
  CHECK(write(a) != write(c));
}

TEST_CASE("rearranging moves substituents and changes nothing else") {
  std::size_t moved = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(stream(seed, "rearranged", 0));
    Structure structure = grow(random);
    Structure other = rearranged(structure, random);
    const std::string before = write(structure);
    const std::string after = write(other);
    INFO(before << " " << after);
    CHECK(sorted_elements(before) == sorted_elements(after));
    moved += before != after;
  }
  CHECK(moved > 100);
}

TEST_CASE("without its configurations a molecule keeps only those that are part of a name") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(stream(seed, "forget", 0));
    Structure structure = grow(random);
    forget_stereo(structure.root);
    const std::string smiles = write(structure);
    if (!structure.root.fragment->row.smiles.contains("[C@")) CHECK(!smiles.contains('@'));
    CHECK(!smiles.contains('/'));
    CHECK(!smiles.contains('\\'));
  }
}
