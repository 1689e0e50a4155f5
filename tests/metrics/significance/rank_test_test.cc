#include "metrics/significance/rank_test.h"

#include <cmath>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::WithinRel;
using cupel::metrics::rank_test_p;
using cupel::metrics::shift;
using cupel::metrics::smallest_rank_test_p;

std::vector<double> numbers(const cupel::JsonValue& value) {
  std::vector<double> all;
  for (const cupel::JsonValue& item : value.items) all.push_back(item.real);
  return all;
}

std::vector<double> drawn(std::mt19937_64& random, std::size_t count, double mean) {
  std::normal_distribution<double> normal(mean, 1.0);
  std::vector<double> all(count);
  for (double& one : all) one = normal(random);
  return all;
}

}  // namespace

// tests/oracle/gate_golden.py
TEST_CASE(
    "rank tests and shifts equal scipy's, with ties and without, of small and large samples") {
  const std::string origin = "gate_golden.json";
  const cupel::JsonValue root =
      cupel::parse_json(cupel::read_file(cupel::test::data(origin)), origin);
  cupel::JsonObject golden(root, origin);
  std::size_t bounds = 0;
  for (const cupel::JsonValue& item : golden.member("rank-tests").items) {
    cupel::JsonObject row(item, origin);
    const auto before = numbers(row.member("baseline"));
    const auto after = numbers(row.member("candidate"));
    INFO(before.size() << " and " << after.size());
    CHECK_THAT(rank_test_p(before, after), WithinRel(row.member("p").real, 1e-10));
    const cupel::JsonValue* expected = row.find("bounds");
    if (expected == nullptr) continue;
    const auto found = shift(before, after, 0.05);
    REQUIRE(found.has_value() == !expected->items.empty());
    if (!found) continue;
    ++bounds;
    CHECK_THAT(found->estimate, WithinRel(expected->items[0].real, 1e-12));
    CHECK_THAT(found->low, WithinRel(expected->items[1].real, 1e-12));
    CHECK_THAT(found->high, WithinRel(expected->items[2].real, 1e-12));
  }
  CHECK(bounds == 3);
}

TEST_CASE("the smallest p of a rank test is that of samples that do not overlap") {
  for (const std::size_t n : {1U, 2U, 3U, 5U, 12U}) {
    for (const std::size_t m : {1U, 2U, 4U, 9U}) {
      std::vector<double> before, after;
      for (std::size_t i = 0; i < n; ++i) before.push_back(static_cast<double>(i));
      for (std::size_t i = 0; i < m; ++i) after.push_back(100.0 + static_cast<double>(i));
      CHECK_THAT(rank_test_p(before, after), WithinRel(smallest_rank_test_p(n, m), 1e-9));
      CHECK_THAT(rank_test_p(after, before), WithinRel(1.0, 1e-9));
    }
  }
  CHECK_THAT(smallest_rank_test_p(2, 2), WithinRel(1.0 / 6.0, 1e-12));
  CHECK(rank_test_p({}, std::vector{1.0}) == 1.0);
}

TEST_CASE("a shift has bounds exactly where the rank test of that shift is just not clear") {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 60; ++trial) {
    const auto before = drawn(random, 3 + random() % 50, 0.0);
    const auto after = drawn(random, 3 + random() % 50, 0.5);
    const auto found = shift(before, after, 0.05);
    REQUIRE(found);
    CHECK(found->low <= found->estimate);
    CHECK(found->estimate <= found->high);
    CHECK(found->standard_error > 0.0);
    const auto p_of_more_than = [&](double by) {
      std::vector<double> moved = after;
      for (double& one : moved) one -= by;
      return rank_test_p(before, moved);
    };
    CHECK(p_of_more_than(found->low - 1e-9) <= 0.05);
    // The normal approximation of the bounds and that of p differ by the continuity correction.
    if (before.size() + after.size() <= 80) CHECK(p_of_more_than(found->low + 1e-9) > 0.05);
  }
  CHECK_FALSE(shift(std::vector{1.0, 2.0}, std::vector{3.0, 4.0}, 0.05));
  CHECK_FALSE(shift({}, std::vector{3.0, 4.0}, 0.05));
}
