#include "metrics/text/exact_sum.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace cupel::metrics {
namespace {

double sum(const std::vector<double>& terms) { return exact_sum(terms); }

TEST_CASE("the exact sum is rounded once") {
  CHECK(sum({}) == 0.0);
  CHECK(sum({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}) == 1.0);
  CHECK(sum({1e100, 1.0, -1e100}) == 1.0);
  CHECK(sum({1.0, 1e-16, 1e-16}) == 1.0000000000000002);
  CHECK(sum({-2.5, 2.5}) == 0.0);
}

TEST_CASE("a sum half-way between two doubles looks at what lies below") {
  const double half_unit = 0x1p-53;
  CHECK(sum({1.0, half_unit}) == 1.0);
  CHECK(sum({1.0, half_unit, 0x1p-120}) == 1.0 + 0x1p-52);
  CHECK(sum({1.0, half_unit, -0x1p-120}) == 1.0);
}

}  // namespace
}  // namespace cupel::metrics
