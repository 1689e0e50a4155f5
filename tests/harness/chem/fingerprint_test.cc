#include "harness/chem/fingerprint.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/parallel.h"
#include "tests/support/molecules.h"

using Catch::Matchers::WithinULP;
using cupel::chem::BitFingerprint;
using cupel::chem::CountFingerprint;
using cupel::chem::tanimoto;
using cupel::test::fps;
using cupel::test::member;
using cupel::test::molecule;

namespace {

cupel::JsonValue golden() {
  return cupel::parse_json(cupel::read_file(cupel::test::data("chem_golden.json")), "golden");
}

CountFingerprint counts_of(const cupel::JsonValue& pairs) {
  CountFingerprint print;
  for (const auto& pair : pairs.items) {
    print.counts.emplace_back(static_cast<std::uint64_t>(pair.items[0].integer),
                              static_cast<std::uint32_t>(pair.items[1].integer));
  }
  return print;
}

void check_similarities(const std::string& a, const std::string& b, const cupel::JsonValue& of) {
  INFO(a << " against " << b);
  const auto one = molecule(a);
  const auto other = molecule(b);
  CHECK_THAT(tanimoto(maccs(one), maccs(other)), WithinULP(member(of, "maccs").real, 1));
  CHECK_THAT(tanimoto(rdk(one), rdk(other)), WithinULP(member(of, "rdk").real, 1));
  CHECK_THAT(tanimoto(morgan_counts(one), morgan_counts(other)),
             WithinULP(member(of, "morgan").real, 1));
}

}  // namespace

TEST_CASE("Fingerprints equal RDKit's Python calls bit for bit") {
  std::size_t compared = 0;
  const auto file = golden();
  for (const auto& entry : member(file, "molecules").items) {
    if (!member(entry, "valid").truth) continue;
    INFO(member(entry, "smiles").text);
    const auto parsed = molecule(member(entry, "smiles").text);
    CHECK(fps(maccs(parsed), 167) == member(entry, "maccs").text);
    CHECK(fps(rdk(parsed), 2048) == member(entry, "rdk").text);
    CHECK(fps(morgan_bits(parsed, 512), 512) == member(entry, "morgan_bits").text);
    CHECK(morgan_counts(parsed) == counts_of(member(entry, "morgan")));
    CHECK(morgan_counts(parsed, {.radius = 3}) == counts_of(member(entry, "morgan_3")));
    CHECK(morgan_counts(parsed, {.chirality = true}) == counts_of(member(entry, "morgan_chiral")));
    ++compared;
  }
  CHECK(compared > 80);
}

TEST_CASE("Similarities equal RDKit's") {
  std::vector<std::string> valid;
  const auto file = golden();
  for (const auto& entry : member(file, "molecules").items) {
    if (member(entry, "valid").truth) valid.push_back(member(entry, "smiles").text);
  }
  const auto& expected = member(file, "shifted_by_three").items;
  REQUIRE(expected.size() == valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i)
    check_similarities(valid[i], valid[(i + 3) % valid.size()], expected[i]);
}

TEST_CASE("Tanimoto on bits is shared over present, and 1 for two empty sets") {
  const BitFingerprint a{.words = {0b1110, 1}};
  const BitFingerprint b{.words = {0b0111, 0}};
  CHECK(tanimoto(a, b) == 2.0 / 5.0);
  CHECK(tanimoto(b, a) == 2.0 / 5.0);
  CHECK(tanimoto(a, a) == 1.0);
  const BitFingerprint empty{.words = {0, 0}};
  CHECK(tanimoto(a, empty) == 0.0);
  CHECK(tanimoto(empty, empty) == 1.0);
}

TEST_CASE("Tanimoto on counts is the sum of minima over the rest, and 0 for two empty sets") {
  const CountFingerprint a{.counts = {{1, 3}, {5, 1}, {9, 2}}};
  const CountFingerprint b{.counts = {{1, 1}, {2, 4}, {9, 5}}};
  CHECK(tanimoto(a, b) == 3.0 / (6 + 10 - 3));
  CHECK(tanimoto(b, a) == tanimoto(a, b));
  CHECK(tanimoto(a, a) == 1.0);
  CHECK(tanimoto(a, CountFingerprint{}) == 0.0);
  CHECK(tanimoto(CountFingerprint{}, CountFingerprint{}) == 0.0);
}

TEST_CASE("Fingerprints are blind to stereo unless Morgan is told to see it") {
  const auto left = molecule("C[C@H](N)C(=O)O");
  const auto right = molecule("C[C@@H](N)C(=O)O");
  CHECK(maccs(left) == maccs(right));
  CHECK(rdk(left) == rdk(right));
  CHECK(morgan_counts(left) == morgan_counts(right));
  CHECK_FALSE(morgan_counts(left, {.chirality = true}) ==
              morgan_counts(right, {.chirality = true}));
}

TEST_CASE("The order of the atoms in the string does not matter") {
  const auto one = molecule("CC(=O)Oc1ccccc1C(=O)O");
  const auto other = molecule("OC(=O)c1c(OC(C)=O)cccc1");
  CHECK(maccs(one) == maccs(other));
  CHECK(rdk(one) == rdk(other));
  CHECK(morgan_counts(one) == morgan_counts(other));
}

TEST_CASE("The odd SMILES of the shared goldens have the recorded similarities") {
  const auto path = cupel::test::real_data("golden/smiles_edge_cases.json");
  const auto file = cupel::parse_json(cupel::read_file(path), "edge cases");
  for (const auto& entry : member(file, "cases").items) {
    if (!member(entry, "valid").truth) continue;
    const std::string& smiles = member(entry, "smiles").text;
    check_similarities(smiles, "CCO", member(entry, "vs_CCO"));
    check_similarities(smiles, "*CCC", member(entry, "vs_*CCC"));
    check_similarities(smiles, "", member(entry, "vs_EMPTY"));
  }
}
