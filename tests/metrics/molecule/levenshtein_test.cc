#include "metrics/molecule/levenshtein.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/metrics/molecule/rows.h"

using cupel::test::value_of;

TEST_CASE("Levenshtein counts edits of code points, whether the strings are molecules or not") {
  const auto metric = cupel::metrics::make_levenshtein(cupel::test::molt5_choices());
  CHECK(value_of(*metric, "", "") == 0.0);
  CHECK(value_of(*metric, "CCO", "CCO") == 0.0);
  CHECK(value_of(*metric, "", "CCO") == 3.0);
  CHECK(value_of(*metric, "CCO", "") == 3.0);
  CHECK(value_of(*metric, "kitten", "sitting") == 3.0);
  CHECK(value_of(*metric, "C1=CC", "C=CCl") == 2.0);
  CHECK(value_of(*metric, "C\u2047C", "CC") == 1.0);  // three bytes, one code point
  CHECK(value_of(*metric, "\U0001F9EA", "\u00e9") == 1.0);
}

TEST_CASE("Levenshtein is a mean over all rows and does not depend on the side") {
  const auto metric = cupel::metrics::make_levenshtein(cupel::test::molt5_choices());
  const auto rows = cupel::test::measured(*metric, {{"CC", "C("}, {"C(", "CCCC"}});
  CHECK(metric->score(rows).value() == 2.0);
  CHECK(value_of(*metric, "CCOC", "OCC") == value_of(*metric, "OCC", "CCOC"));
}
