#include "harness/chem/pattern.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

using cupel::chem::Pattern;
using cupel::test::molecule;
using Matches = std::vector<std::vector<int>>;

TEST_CASE("a pattern finds each set of atoms once, in the order of its own atoms") {
  CHECK(Pattern("[OX2H]").matches(molecule("OCCO")) == Matches{{0}, {3}});
  CHECK(Pattern("C(=O)O").matches(molecule("CC(=O)O")) == Matches{{1, 2, 3}});
  CHECK(Pattern("c1ccccc1").matches(molecule("c1ccc2ccccc2c1")).size() == 2);
  CHECK(Pattern("[#7]").matches(molecule("CCO")).empty());
}

TEST_CASE("a pattern that is no SMARTS is refused") {
  CHECK_THROWS_AS(Pattern("c1ccc"), cupel::Error);
  CHECK_THROWS_AS(Pattern("[X"), cupel::Error);
}
