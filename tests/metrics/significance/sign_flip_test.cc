#include "metrics/significance/sign_flip.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/metrics/alignment/golden.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;

TEST_CASE("the one-sided permutation test equals SciPy's exact one, up to the draws") {
  const JsonValue golden = test::alignment_golden("tests");
  CHECK(golden.items.size() == 6);
  for (const JsonValue& item : golden.items) {
    std::vector<double> differences;
    for (const JsonValue& one : test::member(item, "differences").items)
      differences.push_back(one.real);
    // Five standard deviations of 40,000 draws.
    CHECK_THAT(sign_flip_p(differences, 40'000, 7),
               WithinAbs(test::member(item, "p").real, 0.0125));
  }
}

TEST_CASE("no p is 0, equal pairs have 1, and a draw is the same each time") {
  const std::vector<double> all_above(60, 0.1);
  CHECK(sign_flip_p(all_above, 999, 1) == 0.001);
  CHECK(sign_flip_p(std::vector<double>(9, 0.0), 999, 1) == 1.0);
  CHECK(sign_flip_p({}, 999, 1) == 1.0);
  const std::vector<double> mixed = {0.3, -0.1, 0.2, -0.4, 0.3};
  CHECK(sign_flip_p(mixed, 500, 3) == sign_flip_p(mixed, 500, 3));
}

}  // namespace
}  // namespace cupel::metrics
