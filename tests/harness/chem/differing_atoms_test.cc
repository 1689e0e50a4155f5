#include "harness/chem/differing_atoms.h"

#include <array>
#include <cstddef>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

namespace cupel::chem {
namespace {

using Atoms = std::vector<std::size_t>;
using test::molecule;

DifferingAtoms between(const char* left, const char* right) {
  return differing_atoms(molecule(left), molecule(right));
}

}  // namespace

TEST_CASE("The same molecule differs in nothing, however it is written") {
  constexpr std::array kPairs{std::array{"OCC", "CCO"}, std::array{"c1ccccc1O", "Oc1ccccc1"},
                              std::array{"C[C@H](N)C(=O)O", "N[C@@H](C)C(=O)O"},
                              std::array{"F/C=C/Cl", "Cl\\C=C\\F"}};
  for (const auto& [left, right] : kPairs) {
    INFO(left);
    CHECK(between(left, right) == DifferingAtoms{});
  }
}

TEST_CASE("An exchanged atom differs, with the neighbour that sees it") {
  // CCCC-O and CCCC-N: oxygen, nitrogen, and the carbons that they are bound to.
  CHECK(between("CCCCO", "CCCCN") == DifferingAtoms{.left = {3, 4}, .right = {3, 4}});
  CHECK(between("CCCCO", "NCCCC") == DifferingAtoms{.left = {3, 4}, .right = {0, 1}});
}

TEST_CASE("Of equal environments only those differ that have no partner") {
  const DifferingAtoms longer = between("CCCCCC", "CCCCCCCC");
  CHECK(longer.left.empty());
  CHECK(longer.right.size() == 2);
  // Both ends of the chain fit those of the other one: what is left over lies in the middle.
  for (const std::size_t atom : longer.right) {
    CHECK(atom > 1);
    CHECK(atom < 6);
  }
  CHECK(between("C", "C.C") == DifferingAtoms{.left = {}, .right = {1}});
}

TEST_CASE("A centre that is turned around differs, and so does a double bond") {
  CHECK(between("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O").left.size() >= 1);
  CHECK_FALSE(between("F/C=C/Cl", "F/C=C\\Cl").left.empty());
}

TEST_CASE("Molecules without a common atom differ in all of them") {
  CHECK(between("CC", "N#N") == DifferingAtoms{.left = {0, 1}, .right = {0, 1}});
  CHECK(between("", "CO") == DifferingAtoms{.left = {}, .right = {0, 1}});
}

}  // namespace cupel::chem
