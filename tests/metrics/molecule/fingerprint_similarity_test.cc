#include "metrics/molecule/fingerprint_similarity.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "tests/metrics/molecule/rows.h"

using cupel::metrics::make_maccs;
using cupel::metrics::make_morgan;
using cupel::metrics::make_rdk;
using cupel::test::molt5_choices;
using cupel::test::value_of;

TEST_CASE("A similarity is that of the two molecules") {
  const auto choices = molt5_choices();
  const auto one = cupel::test::molecule("CC(=O)Oc1ccccc1C(=O)O");
  const auto other = cupel::test::molecule("OC(=O)c1ccccc1O");
  const auto value = [&](const cupel::metrics::PairMetric& metric, std::size_t bits = 0) {
    return value_of(metric, "CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O", bits);
  };
  CHECK(value(*make_maccs(choices)) == tanimoto(maccs(one), maccs(other)));
  CHECK(value(*make_rdk(choices)) == tanimoto(rdk(one), rdk(other)));
  CHECK(value(*make_morgan(choices)) == tanimoto(morgan_counts(one), morgan_counts(other)));
  CHECK(value(*make_morgan(choices), 128) ==
        tanimoto(morgan_bits(one, 128), morgan_bits(other, 128)));
}

TEST_CASE("Rows with an invalid side are left out, or count as 0 when only the prediction is") {
  auto choices = molt5_choices();
  const auto left_out = make_maccs(choices);
  choices.set("invalid-similarity", std::string("zero"));
  const auto zero = make_maccs(choices);
  CHECK(value_of(*left_out, "C(", "CC") == -1.0);
  CHECK(value_of(*zero, "C(", "CC") == 0.0);
  CHECK(value_of(*left_out, "CC", "C(") == -1.0);
  CHECK(value_of(*zero, "CC", "C(") == -1.0);
  CHECK(value_of(*zero, "C(", "C(") == -1.0);
  const auto rows = cupel::test::measured(*zero, {{"CCO", "OCC"}, {"C(", "C"}, {"C", "C("}});
  CHECK(zero->score(rows).value() == 0.5);
  CHECK(zero->counted(rows) == 2);
}

TEST_CASE("Without a comparable row there is no mean, not a NaN") {
  const auto metric = make_rdk(molt5_choices());
  const auto rows = cupel::test::measured(*metric, {{"C(", "C"}});
  CHECK_FALSE(metric->score(rows).has_value());
  CHECK(metric->counted(rows) == 0);
}

TEST_CASE("Two molecules without features are alike in bits and unlike in counts") {
  const auto choices = molt5_choices();
  CHECK(value_of(*make_maccs(choices), "", "") == 1.0);
  CHECK(value_of(*make_rdk(choices), "", "") == 1.0);
  CHECK(value_of(*make_morgan(choices), "", "") == 0.0);
  CHECK(value_of(*make_morgan(choices), "", "", 64) == 1.0);
  CHECK(value_of(*make_rdk(choices), "C", "") == 1.0);
  CHECK(value_of(*make_morgan(choices), "C", "") == 0.0);
}

TEST_CASE("A string is as similar to itself the quick way as the slow way") {
  const auto choices = molt5_choices();
  const auto golden =
      cupel::parse_json(cupel::read_file(cupel::test::data("chem_golden.json")), "golden");
  for (const auto& entry : cupel::test::member(golden, "molecules").items) {
    const std::string& smiles = cupel::test::member(entry, "smiles").text;
    if (smiles.find_first_of(" \t\n|") != std::string::npos || smiles.empty()) continue;
    INFO(smiles);
    for (const auto& metric : {make_maccs(choices), make_rdk(choices), make_morgan(choices)})
      CHECK(value_of(*metric, smiles, smiles) == value_of(*metric, " " + smiles, smiles));
  }
}

TEST_CASE("Morgan's choices reach the cache and are checked") {
  auto choices = molt5_choices();
  choices.set("morgan-radius", std::int64_t{3});
  choices.set("morgan-bits", std::int64_t{2048});
  choices.set("morgan-chirality", true);
  const auto options = cupel::metrics::morgan_cache_options(choices);
  CHECK(options.morgan == cupel::chem::MorganOptions{.radius = 3, .chirality = true});
  CHECK(options.bits == 2048);
  choices.set("morgan-radius", std::int64_t{-1});
  CHECK_THROWS_AS(make_morgan(choices), cupel::Error);
  choices.set("morgan-radius", std::int64_t{2});
  choices.set("morgan-bits", std::int64_t{1} << 40);
  CHECK_THROWS_AS(make_morgan(choices), cupel::Error);
}

TEST_CASE("Similarities do not depend on the order of rows or sides") {
  const auto metric = make_morgan(molt5_choices());
  CHECK(value_of(*metric, "CCO", "CCN") == value_of(*metric, "CCN", "CCO"));
  const cupel::test::Rows rows = {{"CCO", "CCN"}, {"C(", "C"}, {"c1ccccc1", "C1CCCCC1"}};
  const cupel::test::Rows turned(rows.rbegin(), rows.rend());
  CHECK(metric->score(cupel::test::measured(*metric, rows)) ==
        metric->score(cupel::test::measured(*metric, turned)));
}
