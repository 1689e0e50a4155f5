#include "models/baselines/bit_forest.h"

#include <array>
#include <map>
#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "models/baselines/set_bits.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;
using Prints = std::vector<chem::BitFingerprint>;

struct Rows {
  Prints prints;
  std::vector<std::int8_t> positive;

  [[nodiscard]] BitColumns columns(std::size_t features) const {
    std::vector<const chem::BitFingerprint*> pointers;
    for (const auto& print : prints) pointers.push_back(&print);
    return {pointers, features};
  }
};

chem::BitFingerprint print_of(std::uint64_t low, std::size_t words = 1) {
  chem::BitFingerprint print{.words = std::vector<std::uint64_t>(words, 0)};
  print.words[0] = low;
  return print;
}

Rows random_rows(std::size_t count, std::size_t words, unsigned seed) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.prints.push_back({.words = {}});
    for (std::size_t word = 0; word < words; ++word)
      rows.prints.back().words.push_back(random() & random());
    rows.positive.push_back(static_cast<std::int8_t>(random() % 2));
  }
  return rows;
}

TEST_CASE("columns are the rows transposed") {
  const Rows rows = random_rows(130, 2, 1);
  const BitColumns columns = rows.columns(128);
  CHECK(columns.rows() == 130);
  CHECK(columns.features() == 128);
  for (std::size_t row = 0; row < 130; ++row) {
    for (std::size_t feature = 0; feature < 128; ++feature) {
      const bool there = (rows.prints[row].words[feature / 64] >> (feature % 64) & 1U) != 0;
      CHECK(((columns.column(feature)[row / 64] >> (row % 64) & 1U) != 0) == there);
    }
  }
}

TEST_CASE("set bits are visited in order") {
  std::vector<std::size_t> seen;
  for_each_set_bit({.words = {0x8000000000000001, 0, 0x10}},
                   [&](std::size_t bit) { seen.push_back(bit); });
  CHECK(seen == std::vector<std::size_t>{0, 63, 132});
}

TEST_CASE("a full tree knows every row that it drew") {
  // Distinct rows, so that every leaf has one class: what is not known was not drawn, which
  // happens to a row with probability 1/e.
  Rows rows = random_rows(400, 4, 2);
  const BitColumns columns = rows.columns(256);
  double wrong = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const BitTree tree(columns, rows.positive, {}, tree_seed(seed, 0, 0));
    for (std::size_t i = 0; i < 400; ++i) {
      const double share = tree.probability(rows.prints[i]);
      CHECK((share == 0.0 || share == 1.0));
      wrong += (share > 0.5) == (rows.positive[i] == 1) ? 0 : 1;
    }
  }
  // Labels are noise: of the undrawn 0.368, half are wrong.
  CHECK_THAT(wrong / (20 * 400), WithinAbs(0.5 * std::exp(-1.0), 0.02));
}

TEST_CASE("of all features the one of least Gini impurity is chosen") {
  // Feature 3 is the label, the other 63 are noise, of which 8 are drawn: where feature 3 is drawn
  // at the root the tree is one split, and that is so for 8 of 64 seeds; 9 features always suffice
  // when only the label divides anything.
  std::mt19937_64 random(3);
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t positive = random() % 2;
    rows.prints.push_back(print_of((random() & ~std::uint64_t{8}) | positive << 3U));
    rows.positive.push_back(static_cast<std::int8_t>(positive));
  }
  const BitColumns columns = rows.columns(64);
  int at_once = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const BitTree tree(columns, rows.positive, {}, tree_seed(1, 2, seed));
    const bool only_that = tree.probability(print_of(8)) == 1.0 &&
                           tree.probability(print_of(~std::uint64_t{8})) == 0.0 &&
                           tree.probability(print_of(0)) == 0.0 &&
                           tree.probability(print_of(~std::uint64_t{0})) == 1.0;
    at_once += only_that ? 1 : 0;
  }
  CHECK(at_once >= 400 / 8 * 3 / 5);
  CHECK(at_once < 400);
}

TEST_CASE("drawing goes on until a feature divides the node") {
  Rows rows;
  for (int i = 0; i < 40; ++i) {
    rows.prints.push_back(print_of(i % 2 == 0 ? 0 : 1, 32));
    rows.positive.push_back(static_cast<std::int8_t>(i % 2));
  }
  const BitColumns columns = rows.columns(2048);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const BitTree tree(columns, rows.positive, {}, seed);
    CHECK(tree.probability(print_of(1, 32)) == 1.0);
    CHECK(tree.probability(print_of(0, 32)) == 0.0);
  }
}

TEST_CASE("rows that nothing tells apart share a leaf with their share of positives") {
  Rows rows;
  for (int i = 0; i < 1000; ++i) {
    rows.prints.push_back(print_of(5));
    rows.positive.push_back(i < 300 ? 1 : 0);
  }
  const BitTree tree(rows.columns(64), rows.positive, {}, 9);
  CHECK_THAT(tree.probability(print_of(5)), WithinAbs(0.3, 0.06));
  CHECK(tree.probability(print_of(2)) == tree.probability(print_of(5)));
}

TEST_CASE("leaves are no smaller than asked") {
  const Rows rows = random_rows(200, 1, 4);
  const BitColumns columns = rows.columns(64);
  const BitTree one_leaf(columns, rows.positive, {.min_leaf = 101}, 1);
  const double share = one_leaf.probability(rows.prints[0]);
  CHECK((share > 0.3 && share < 0.7));
  std::map<double, int> shares;
  const BitTree two(columns, rows.positive, {.min_leaf = 80}, 1);
  for (const auto& print : rows.prints) ++shares[two.probability(print)];
  CHECK(shares.size() <= 2);
}

TEST_CASE("a tree may be as deep as it has rows") {
  // Row i has the bits below i; classes alternate, so a path peels one row after another at worst.
  Rows rows;
  for (std::size_t i = 0; i < 2000; ++i) {
    chem::BitFingerprint print{.words = std::vector<std::uint64_t>(32, 0)};
    for (std::size_t bit = 0; bit < i; ++bit)
      print.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
    rows.prints.push_back(std::move(print));
    rows.positive.push_back(static_cast<std::int8_t>(i % 2));
  }
  const BitTree tree(rows.columns(2048), rows.positive, {}, 1);
  std::size_t right = 0;
  for (std::size_t i = 0; i < 2000; ++i)
    right += (tree.probability(rows.prints[i]) > 0.5) == (rows.positive[i] == 1) ? 1 : 0;
  CHECK(right > 2000 * 6 / 10);
}

TEST_CASE("each seed, label and tree has a stream of its own") {
  std::map<std::uint64_t, int> states;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t label = 0; label < 20; ++label) {
      for (std::uint64_t tree = 0; tree < 20; ++tree) ++states[tree_seed(seed, label, tree)];
    }
  }
  CHECK(states.size() == 8000);
}

}  // namespace
}  // namespace cupel::models
