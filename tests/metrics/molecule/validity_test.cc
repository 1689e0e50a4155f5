#include "metrics/molecule/validity.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/metrics/molecule/rows.h"

using cupel::metrics::make_validity;
using cupel::test::molt5_choices;
using cupel::test::value_of;

TEST_CASE("Validity looks at both sides as MolT5 does, or at the prediction alone") {
  auto choices = molt5_choices();
  const auto both = make_validity(choices);
  choices.set("validity-of", std::string("prediction"));
  const auto prediction = make_validity(choices);
  CHECK(value_of(*both, "CC", "CCO") == 1.0);
  CHECK(value_of(*both, "CC", "C(") == 0.0);
  CHECK(value_of(*prediction, "CC", "C(") == 1.0);
  CHECK(value_of(*both, "C(", "CC") == 0.0);
  CHECK(value_of(*prediction, "c1cccc1", "CC") == 0.0);
}

TEST_CASE("The empty string is valid for MolT5 and a space is not") {
  const auto metric = make_validity(molt5_choices());
  CHECK(value_of(*metric, "", "CC") == 1.0);
  CHECK(value_of(*metric, " ", "CC") == 0.0);
}

TEST_CASE("Validity is the share of valid rows, and has no value without rows") {
  const auto metric = make_validity(molt5_choices());
  const auto rows =
      cupel::test::measured(*metric, {{"CC", "C"}, {"C(", "C"}, {"C", "C"}, {"", "C"}});
  CHECK(metric->score(rows).value() == 0.75);
  CHECK(metric->counted(rows) == 4);
  CHECK_FALSE(metric->score(cupel::test::measured(*metric, {})).has_value());
}
