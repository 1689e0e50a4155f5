#include "metrics/alignment/adjusted_rand.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/metrics/alignment/golden.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;
using Numbers = std::vector<std::int32_t>;

TEST_CASE("the adjusted Rand index equals scikit-learn's") {
  const JsonValue golden = test::alignment_golden("within");
  CHECK(golden.items.size() > 20);
  for (const JsonValue& item : golden.items) {
    const Numbers truth = test::numbers(test::member(item, "truth"));
    const Numbers found = test::numbers(test::member(item, "found"));
    CAPTURE(truth, found);
    CHECK_THAT(adjusted_rand(truth, found), WithinAbs(test::member(item, "ari").real, 1e-12));
    CHECK_THAT(adjusted_rand(found, truth), WithinAbs(test::member(item, "ari").real, 1e-12));
  }
}

TEST_CASE("the index across two kinds equals Cohen's kappa over their pairs") {
  const JsonValue golden = test::alignment_golden("across");
  CHECK(golden.items.size() == 12);
  for (const JsonValue& item : golden.items) {
    const auto side = [&](const char* name) {
      const JsonValue& both = test::member(item, name);
      return std::pair(test::numbers(both.items[0]), test::numbers(both.items[1]));
    };
    const auto left = side("left");
    const auto right = side("right");
    CHECK_THAT(adjusted_rand_across({left.first, left.second}, {right.first, right.second}),
               WithinAbs(test::member(item, "index").real, 1e-12));
  }
}

TEST_CASE("the index across kinds does not change when all elements of one kind are doubled") {
  const Numbers atoms = {0, 0, 1, 1, 2};
  const Numbers found_atoms = {0, 1, 1, 1, 2};
  const Numbers bytes = {0, 1, 1, 2};
  const Numbers found_bytes = {0, 1, 2, 2};
  Numbers twice = atoms;
  twice.insert(twice.end(), atoms.begin(), atoms.end());
  Numbers found_twice = found_atoms;
  found_twice.insert(found_twice.end(), found_atoms.begin(), found_atoms.end());
  const double once = adjusted_rand_across({atoms, found_atoms}, {bytes, found_bytes});
  CHECK(once > 0.0);
  CHECK(once < 1.0);
  CHECK_THAT(adjusted_rand_across({twice, found_twice}, {bytes, found_bytes}),
             WithinAbs(once, 1e-12));
}

TEST_CASE("sets that are filled by chance give 0 on average, across kinds too") {
  std::mt19937 random(5);
  Numbers atoms = {0, 0, 0, 1, 1, 2, 2, 2, 2};
  Numbers bytes = {0, 0, 1, 1, 1, 1, 2};
  const Numbers true_atoms = atoms;
  const Numbers true_bytes = bytes;
  double within = 0.0;
  double across = 0.0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    std::shuffle(atoms.begin(), atoms.end(), random);
    std::shuffle(bytes.begin(), bytes.end(), random);
    within += adjusted_rand(true_atoms, atoms);
    across += adjusted_rand_across({true_atoms, atoms}, {true_bytes, bytes});
  }
  CHECK_THAT(within / kDraws, WithinAbs(0.0, 0.01));
  CHECK_THAT(across / kDraws, WithinAbs(0.0, 0.01));
}

}  // namespace
}  // namespace cupel::metrics
