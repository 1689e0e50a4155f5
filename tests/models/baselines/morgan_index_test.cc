#include "models/baselines/morgan_index.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/support/molecules.h"
#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;
using test::member;

TEST_CASE("similarities and bits equal RDKit's for Python") {
  const auto golden = parse_json(read_file(test::data("ecfp_golden.json")), "ecfp_golden.json");
  const JsonValue& similarity = member(golden, "similarity");
  const auto& smiles = member(similarity, "molecules").items;
  std::vector<MorganCounts> molecules;
  for (const JsonValue& one : smiles) molecules.push_back(morgan_counts_of(one.text));
  const MorganIndex index(molecules);
  REQUIRE(index.size() == smiles.size());
  for (std::size_t i = 0; i < smiles.size(); ++i) {
    INFO(smiles[i].text);
    const auto row = index.similarities(molecules[i]);
    const auto& expected = member(similarity, "tanimoto").items.at(i).items;
    for (std::size_t j = 0; j < row.size(); ++j)
      CHECK_THAT(row[j], WithinAbs(expected[j].real, 1e-15));
    chem::BitFingerprint bits{.words = std::vector<std::uint64_t>(32, 0)};
    for (const JsonValue& bit : member(similarity, "bits").items.at(i).items) {
      const auto at = static_cast<std::size_t>(bit.integer);
      bits.words[at / 64] |= std::uint64_t{1} << (at % 64);
    }
    CHECK(chem::morgan_bits(test::molecule(smiles[i].text), 2048) == bits);
  }
}

TEST_CASE("the index gives the pairwise similarity, bit for bit, and the first nearest") {
  const std::vector<Sample> set = test::small_set();
  std::vector<std::string_view> smiles;
  for (const Sample& sample : set) smiles.push_back(sample.smiles);
  smiles.emplace_back("");
  const auto molecules = morgan_counts_of(smiles, {}, {});
  const MorganIndex index(molecules);
  for (const MorganCounts& query : molecules) {
    const auto row = index.similarities(query);
    double best = 0.0;
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double expected = query && molecules[i] ? chem::tanimoto(*query, *molecules[i]) : 0.0;
      CHECK(row[i] == expected);
      if (expected > best) {
        best = expected;
        first = i;
      }
    }
    CHECK(index.nearest(query) == first);
  }
}

TEST_CASE("nothing is near to what has no features, or in an empty index") {
  const std::vector<MorganCounts> molecules = {morgan_counts_of("CCO"), morgan_counts_of("C(")};
  const MorganIndex index(molecules);
  CHECK_FALSE(morgan_counts_of("C(").has_value());
  CHECK_FALSE(index.nearest(morgan_counts_of("")).has_value());
  CHECK_FALSE(index.nearest(std::nullopt).has_value());
  CHECK_FALSE(index.nearest(morgan_counts_of("[U]")).has_value());
  CHECK_FALSE(MorganIndex().nearest(molecules[0]).has_value());
}

TEST_CASE("chains of different length are told apart") {
  const std::vector<MorganCounts> molecules = {morgan_counts_of("CCCCCCCCCCCCCC(=O)O"),
                                               morgan_counts_of("CCCCCCCCCC(=O)O")};
  const MorganIndex index(molecules);
  CHECK(index.nearest(molecules[1]) == 1);
  CHECK(index.similarities(molecules[1])[0] < 1.0);
}

}  // namespace
}  // namespace cupel::models
