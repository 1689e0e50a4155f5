#include "metrics/alignment/controls.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace cupel::metrics {
namespace {

using Numbers = std::vector<std::int32_t>;

FoundSets example() {
  FoundSets found;
  found.molecule = {.tokens = {0, 1, 2, 3, 4, 5}, .sets = {{0, 1, 2, 3, 4, 5}, {0, 0, 0, 1, 1, 2}}};
  found.text = {.tokens = {0, 1, 2, 3}, .sets = {{0, 1, 2, 3}, {0, 0, 1, 1}}};
  found.match = {{0, 1, 2, 3}, {2, 0}};
  return found;
}

Numbers sorted(Numbers numbers) {
  std::ranges::sort(numbers);
  return numbers;
}

TEST_CASE("shuffled sets keep their sizes, and levels move together") {
  const FoundSets before = example();
  bool moved = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SplitMix64 random(seed);
    const FoundSets after = changed(before, Control::kShuffled, random);
    CHECK(after.match == before.match);
    CHECK(after.molecule.tokens == before.molecule.tokens);
    for (std::size_t level = 0; level < 2; ++level) {
      CHECK(sorted(after.molecule.sets[level]) == sorted(before.molecule.sets[level]));
      CHECK(sorted(after.text.sets[level]) == sorted(before.text.sets[level]));
    }
    for (std::size_t token = 0; token < 6; ++token) {
      const auto origin = static_cast<std::size_t>(after.molecule.sets[0][token]);
      CHECK(after.molecule.sets[1][token] == before.molecule.sets[1][origin]);
    }
    moved = moved || after.molecule.sets != before.molecule.sets;
  }
  CHECK(moved);
}

TEST_CASE("rotated sets are never where they were, and keep their neighbours") {
  const FoundSets before = example();
  std::map<std::int32_t, int> starts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SplitMix64 random(seed);
    const FoundSets after = changed(before, Control::kRotated, random);
    const Numbers& tokens = after.molecule.sets[0];
    for (std::size_t i = 0; i < 6; ++i) CHECK(tokens[(i + 1) % 6] == (tokens[i] + 1) % 6);
    ++starts[tokens.front()];
  }
  CHECK(starts.size() == 5);
  CHECK_FALSE(starts.contains(0));
}

TEST_CASE("rematched sets stay, and their partners move") {
  const FoundSets before = example();
  bool moved = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SplitMix64 random(seed);
    const FoundSets after = changed(before, Control::kRematched, random);
    CHECK(after.molecule.sets == before.molecule.sets);
    CHECK(after.text.sets == before.text.sets);
    CHECK(sorted(after.match[1]) == Numbers{0, 2});
    moved = moved || after.match[1] != before.match[1];
  }
  CHECK(moved);
}

TEST_CASE("one token and none stay as they are") {
  for (const Control control : {Control::kShuffled, Control::kRotated, Control::kRematched}) {
    FoundSets found;
    found.molecule = {.tokens = {0, 0}, .sets = {{0}}};
    found.text = {.tokens = {-1}, .sets = {{}}};
    found.match = {{}};
    SplitMix64 random(1);
    const FoundSets after = changed(found, control, random);
    CHECK(after.molecule.sets == found.molecule.sets);
    CHECK(after.text.sets == found.text.sets);
  }
}

}  // namespace
}  // namespace cupel::metrics
