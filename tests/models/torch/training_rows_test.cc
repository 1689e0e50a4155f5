#include "models/torch/training_rows.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace cupel::nn {
namespace {

const std::vector<std::string> kNames = [] {
  std::vector<std::string> names;
  for (int i = 0; i < 101; ++i) names.push_back(std::to_string(i));
  return names;
}();

std::vector<plugin::Sample> rows() {
  std::vector<plugin::Sample> all;
  for (const std::string& name : kNames) all.push_back({.id = name, .smiles = name, .text = "t"});
  return all;
}

std::vector<std::string> share(double of, std::uint64_t seed) {
  std::vector<std::string> ids;
  for (const plugin::Sample& row : share_of(rows(), of, seed)) ids.emplace_back(row.id);
  return ids;
}

TEST_CASE("A share of the rows follows from the seed, and holds every smaller one", "[torch]") {
  CHECK(share(1.0, 3) == kNames);
  const auto half = share(0.5, 3);
  CHECK(half.size() == 50);
  CHECK(std::set(half.begin(), half.end()).size() == 50);
  CHECK(half == share(0.5, 3));
  CHECK(half != share(0.5, 4));
  const auto quarter = share(0.25, 3);
  CHECK(quarter.size() == 25);
  CHECK(std::ranges::equal(quarter, std::span(half).first(25)));
  CHECK(share(0.0001, 3).size() == 1);
  CHECK(share_of({}, 0.5, 3).empty());
}

TEST_CASE("Rows become token ids with their labels", "[torch]") {
  const std::array<std::int8_t, 2> labels = {1, -1};
  const std::vector<plugin::Sample> two = {
      {.id = "a", .smiles = "CC", .text = "x", .labels = labels},
      {.id = "b", .smiles = "C", .text = "yyy", .labels = labels}};
  const Encode length = [](std::string_view text) {
    return Ids{static_cast<std::int32_t>(text.size())};
  };
  const Pairs pairs = encoded_pairs(two, length);
  CHECK(pairs.smiles == std::vector<Ids>{{2}, {1}});
  CHECK(pairs.text == std::vector<Ids>{{1}, {3}});
  const LabelledMolecules molecules = encoded_molecules(two, length);
  CHECK(molecules.smiles == pairs.smiles);
  CHECK(molecules.labels == std::vector<std::int8_t>{1, -1, 1, -1});
}

}  // namespace
}  // namespace cupel::nn
