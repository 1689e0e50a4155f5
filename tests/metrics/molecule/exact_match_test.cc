#include "metrics/molecule/exact_match.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/inchi.h"
#include "tests/metrics/molecule/rows.h"

using cupel::metrics::make_exact;
using cupel::test::molt5_choices;
using cupel::test::value_of;

namespace {

// Those that compare molecules, as far as this build can.
std::vector<std::string> identities() {
  std::vector<std::string> all = {"canonical", "canonical-no-stereo"};
  if (cupel::chem::has_inchi()) all.emplace_back("inchi");
  return all;
}

std::unique_ptr<cupel::metrics::PairMetric> exact_by(const std::string& identity,
                                                     const std::string& empty_inchi = "equal",
                                                     std::vector<std::string> invalid = {
                                                         "syntax", "chemistry"}) {
  auto choices = molt5_choices();
  choices.set("exact", identity);
  choices.set("empty-inchi", empty_inchi);
  choices.set("invalid", std::move(invalid));
  return make_exact(choices);
}

}  // namespace

TEST_CASE("Each identity merges what it says") {
  const auto verdict = [](const char* identity, const char* a, const char* b) {
    return value_of(*exact_by(identity), a, b);
  };
  // another way of writing
  CHECK(verdict("string", "OCC", "CCO") == 0.0);
  CHECK(verdict("canonical", "OCC", "CCO") == 1.0);
  // another stereoisomer
  CHECK(verdict("canonical", "F/C=C/F", "F/C=C\\F") == 0.0);
  CHECK(verdict("canonical-no-stereo", "F/C=C/F", "F/C=C\\F") == 1.0);
  // another tautomer
  CHECK(verdict("canonical", "Oc1ncccc1", "O=c1cccc[nH]1") == 0.0);
  if (!cupel::chem::has_inchi()) return;
  CHECK(verdict("inchi", "Oc1ncccc1", "O=c1cccc[nH]1") == 1.0);
  CHECK(verdict("inchi", "F/C=C/F", "F/C=C\\F") == 0.0);
}

TEST_CASE("An invalid side is never exact, except that strings are only strings") {
  for (const std::string& identity : identities()) {
    INFO(identity);
    CHECK(value_of(*exact_by(identity), "C(", "C(") == 0.0);
    CHECK(value_of(*exact_by(identity), "CC", "C(") == 0.0);
    CHECK(value_of(*exact_by(identity), "c1cccc1", "c1cccc1") == 0.0);
    CHECK(value_of(*exact_by(identity), "", "") == 1.0);
    CHECK(value_of(*exact_by(identity, "equal", {"syntax", "empty"}), "", "") == 0.0);
    CHECK(value_of(*exact_by(identity, "equal", {}), "C(", "C(") == 0.0);
    CHECK(value_of(*exact_by(identity, "equal", {"trailing-text"}), "CC x", "CC") == 0.0);
    CHECK(value_of(*exact_by(identity), "CC x", "CC") == 1.0);
  }
  CHECK(value_of(*exact_by("string"), "C(", "C(") == 1.0);
}

TEST_CASE("Molecules that InChI cannot treat are equal or not as chosen") {
  if (!cupel::chem::has_inchi()) SKIP("this build has no InChI");
  CHECK(value_of(*exact_by("inchi"), "*C", "*CC") == 1.0);
  CHECK(value_of(*exact_by("inchi", "differs"), "*C", "*CC") == 0.0);
  CHECK(value_of(*exact_by("inchi", "differs"), "*C", "*C") == 0.0);
  CHECK(value_of(*exact_by("inchi"), "*C", "*C") == 1.0);
  CHECK(value_of(*exact_by("inchi", "differs"), "CC", "CC") == 1.0);
  CHECK(value_of(*exact_by("inchi", "differs"), "", "") == 0.0);
  CHECK(value_of(*exact_by("inchi"), "*C", "CC") == 0.0);
}

TEST_CASE("A string equals itself the quick way and the slow way") {
  const auto golden =
      cupel::parse_json(cupel::read_file(cupel::test::data("chem_golden.json")), "golden");
  for (const auto& entry : cupel::test::member(golden, "molecules").items) {
    const std::string& smiles = cupel::test::member(entry, "smiles").text;
    INFO(smiles);
    // A leading blank makes another string of the same molecule.
    if (smiles.find_first_of(" \t\n|") != std::string::npos || smiles.empty()) continue;
    for (const std::string& identity : identities()) {
      for (const char* empty_inchi : {"equal", "differs"}) {
        const auto metric = exact_by(identity, empty_inchi);
        CHECK(value_of(*metric, smiles, smiles) == value_of(*metric, " " + smiles, smiles));
      }
    }
  }
}

TEST_CASE("Exact match counts over all rows") {
  const auto metric = exact_by("canonical");
  const auto rows = cupel::test::measured(*metric, {{"OCC", "CCO"}, {"C(", "C"}, {"C", "CC"}});
  CHECK(metric->score(rows).value() == 1.0 / 3.0);
  CHECK(metric->counted(rows) == 3);
}

TEST_CASE("The pairs of the shared goldens are exact as recorded") {
  const auto path = cupel::test::real_data("golden/smiles_edge_cases.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "edge cases");
  if (!cupel::chem::has_inchi()) SKIP("this build has no InChI");
  const auto metric = exact_by("inchi");
  REQUIRE(cupel::test::member(golden, "pairs").items.size() == 15);
  for (const auto& entry : cupel::test::member(golden, "pairs").items) {
    const std::string& output = cupel::test::member(entry, "output").text;
    const std::string& truth = cupel::test::member(entry, "ground_truth").text;
    INFO(output << " against " << truth);
    const auto* exact = cupel::test::find_member(entry, "exact_inchi");
    CHECK(value_of(*metric, output, truth) == (exact != nullptr && exact->truth ? 1.0 : 0.0));
  }
}
