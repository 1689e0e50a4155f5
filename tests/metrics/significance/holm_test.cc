#include "metrics/significance/holm.h"

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

using Catch::Matchers::WithinAbs;
using cupel::metrics::holm_adjusted;

TEST_CASE("Holm's adjustment of a worked example") {
  // Sorted 0.005 0.01 0.03 0.04, times 4 3 2 1: 0.02 0.03 0.06 0.04, and the last may not fall.
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  const auto adjusted = holm_adjusted(p);
  REQUIRE(adjusted.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK_THAT(adjusted[i], WithinAbs(expected[i], 1e-15));
}

TEST_CASE("One test needs no adjustment, none gives none, and nothing exceeds 1") {
  CHECK(holm_adjusted({}).empty());
  CHECK(holm_adjusted(std::vector{0.03}) == std::vector{0.03});
  CHECK(holm_adjusted(std::vector{0.7, 0.6, 1.0}) == std::vector{1.0, 1.0, 1.0});
}

TEST_CASE("Holm rejects what the step-down procedure rejects") {
  std::mt19937 random(8);
  std::uniform_real_distribution<double> uniform(0.0, 0.1);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<double> p(1 + random() % 8);
    for (double& one : p) one = uniform(random);
    std::vector<double> sorted = p;
    std::ranges::sort(sorted);
    std::size_t rejected = 0;  // compare the smallest with α/m, the next with α/(m − 1), …
    while (rejected < p.size() &&
           sorted[rejected] <= 0.05 / static_cast<double>(p.size() - rejected))
      ++rejected;
    const auto adjusted = holm_adjusted(p);
    CHECK(std::ranges::count_if(adjusted, [](double q) { return q <= 0.05; }) ==
          static_cast<std::ptrdiff_t>(rejected));
  }
}

TEST_CASE("Under true hypotheses Holm rejects one or more at most at the nominal rate") {
  std::mt19937_64 random(9);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  int families = 0;
  for (int family = 0; family < 10'000; ++family) {
    std::vector<double> p(7);
    for (double& one : p) one = uniform(random);
    families += std::ranges::min(holm_adjusted(p)) <= 0.05;
  }
  CHECK(families < 572);  // 99.9 % of Binomial(10 000, 0.05)
  CHECK(families > 400);  // independent tests: 1 − (1 − 0.05/7)⁷ = 0.0489
}
