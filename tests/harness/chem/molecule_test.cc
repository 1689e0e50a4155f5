#include "harness/chem/molecule.h"

#include <atomic>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/parallel.h"
#include "tests/support/molecules.h"

using cupel::chem::Defect;
using cupel::chem::has_trailing_text;
using cupel::chem::Molecule;
using cupel::test::member;

namespace {

Defect defect_of(const std::string& smiles) {
  cupel::chem::silence_rdkit();
  const auto parsed = Molecule::from_smiles(smiles);
  INFO(smiles);
  REQUIRE_FALSE(parsed.has_value());
  CHECK_FALSE(parsed.error().detail.empty());
  return parsed.error().kind;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("the parent of a mixture is its largest component") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"CCO", "CCO"},
      {"[Na+].CC(=O)[O-]", "CC(=O)[O-]"},
      {"CC(=O)[O-].[Na+]", "CC(=O)[O-]"},
      {"Cl.Cl.O.C[NH3+]", "C[NH3+]"},
      {"CCO.CCN", "CCO"},  // of equally large ones always the same
      {"CCN.CCO", "CCO"},
      {"[Na+].[Cl-]", "[Na+]"},
      {"C1CC.C1", "CCCC"},  // one component: the ring bond joins what the dot does not
      {"", ""},
  };
  for (const auto& [smiles, parent] : cases) {
    CAPTURE(smiles);
    CHECK(cupel::test::molecule(smiles).parent().canonical_smiles() == parent);
  }
}

}  // namespace

TEST_CASE("Molecules parse, count atoms and print as RDKit's Python calls say") {
  cupel::chem::silence_rdkit();
  const std::string name = "chem_golden.json";
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data(name)), name);
  REQUIRE(member(golden, "molecules").items.size() > 100);
  for (const auto& entry : member(golden, "molecules").items) {
    const std::string& smiles = member(entry, "smiles").text;
    INFO(smiles);
    const auto parsed = Molecule::from_smiles(smiles);
    CHECK(parsed.has_value() == member(entry, "valid").truth);
    if (parsed.has_value()) {
      CHECK(static_cast<std::int64_t>(parsed->atoms()) == member(entry, "atoms").integer);
      CHECK(parsed->canonical_smiles() == member(entry, "canonical").text);
      CHECK(parsed->canonical_smiles(false) == member(entry, "canonical_flat").text);
    } else {
      const bool sanitization = member(entry, "sanitization").truth;
      CHECK(parsed.error().kind == (sanitization ? Defect::kChemistry : Defect::kSyntax));
    }
  }
}

TEST_CASE("A defect says whether the text or the chemistry is wrong, in RDKit's words") {
  CHECK(defect_of("C(") == Defect::kSyntax);
  CHECK(defect_of("   ") == Defect::kSyntax);
  CHECK(defect_of("CCO |oops|") == Defect::kSyntax);
  CHECK(defect_of("c1cccc1") == Defect::kChemistry);
  CHECK(defect_of("C(C)(C)(C)(C)C") == Defect::kChemistry);
  CHECK(Molecule::from_smiles("C(C)(C)(C)(C)C").error().detail.contains("valence"));
}

TEST_CASE("Hostile strings are refused, not followed") {
  CHECK(defect_of("C" + std::string(50'000, '(')) == Defect::kSyntax);
  CHECK(defect_of("C" + std::string(200'000, '(')) == Defect::kTooLarge);
  CHECK(defect_of(std::string(1'000'000, 'C')) == Defect::kTooLarge);
  CHECK(defect_of(std::string(cupel::chem::kMaxAtoms + 1, 'C')) == Defect::kTooLarge);
  CHECK(defect_of(repeated("[CH2]", cupel::chem::kMaxAtoms + 1)) == Defect::kTooLarge);
  CHECK(defect_of("[Fe]" + repeated("(C)", 40)) == Defect::kTooLarge);
  CHECK(defect_of(std::string(3, '\0') + ")") == Defect::kSyntax);
  CHECK(defect_of("C\x01"
                  "C") == Defect::kSyntax);
  CHECK(defect_of("\xff") == Defect::kSyntax);
}

TEST_CASE("What is within the limits parses and prints, however deep") {
  const std::size_t most = cupel::chem::kMaxAtoms;
  CHECK(cupel::test::molecule(std::string(most, 'C')).canonical_smiles().size() == most);
  const std::string nested = repeated("C(", most / 2 - 1) + "C" + repeated(")C", most / 2 - 1);
  CHECK(cupel::test::molecule(nested).atoms() == most - 1);
  CHECK_FALSE(cupel::test::molecule(nested).canonical_smiles().empty());
  // "Cl" is one atom, names and CXSMILES are none.
  CHECK(cupel::test::molecule(repeated("ClC.", 1999) + "C " + std::string(9'000, 'C')).atoms() ==
        3'999);
  CHECK(cupel::test::molecule("[Fe]" + repeated("(C)", cupel::chem::kMaxNeighbours)).atoms() ==
        cupel::chem::kMaxNeighbours + 1);
}

TEST_CASE("Trailing text is what RDKit leaves unread") {
  for (const char* smiles : {"", " ", "C", " C", "C ", "\tC\n", "CC(=O)O", "\n"}) {
    INFO(smiles);
    CHECK_FALSE(has_trailing_text(smiles));
  }
  using namespace std::string_literals;
  for (const std::string& smiles : {"C C"s, "C\tname"s, "C\nC"s, " C C"s, "C |$a$|"s, "C\0C"s,
                                    "C\u2047C"s, "C \u2047 C"s, "C\u00a0"s}) {
    INFO(smiles);
    CHECK(has_trailing_text(smiles));
  }
  // The reason why it matters: all of the molecule after the mark is gone, and nothing says so.
  CHECK(cupel::test::molecule("CCO\u2047CCCCCC").canonical_smiles() == "CCO");
  CHECK(cupel::test::molecule("CCO CCCCCC").canonical_smiles() == "CCO");
}

TEST_CASE("RDKit's own version is known") { CHECK(cupel::chem::rdkit_version().starts_with("20")); }

TEST_CASE("Molecules parse and print the same from several threads") {
  const std::vector<std::string> smiles = {"c1ccc2ccccc2c1", "C[C@H](N)C(=O)O", "C(",
                                           "c1cccc1",        "F/C=C/F",         "[Na+].[Cl-]"};
  const auto answer = [](const std::string& text) {
    const auto parsed = Molecule::from_smiles(text);
    return parsed.has_value() ? parsed->canonical_smiles() : parsed.error().detail;
  };
  std::vector<std::string> expected;
  for (const std::string& text : smiles) expected.push_back(answer(text));
  std::atomic<int> wrong = 0;
  cupel::parallel_for(600, 4, [&](std::size_t i) {
    wrong += static_cast<int>(answer(smiles[i % 6]) != expected[i % 6]);
  });
  CHECK(wrong == 0);
}

TEST_CASE("The 94 odd SMILES of the shared goldens parse as recorded") {
  cupel::chem::silence_rdkit();
  const auto path = cupel::test::real_data("golden/smiles_edge_cases.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "smiles_edge_cases.json");
  REQUIRE(member(golden, "cases").items.size() == 94);
  for (const auto& entry : member(golden, "cases").items) {
    INFO(member(entry, "smiles").text);
    const auto parsed = Molecule::from_smiles(member(entry, "smiles").text);
    REQUIRE(parsed.has_value() == member(entry, "valid").truth);
    if (!parsed.has_value()) continue;
    CHECK(static_cast<std::int64_t>(parsed->atoms()) == member(entry, "n_atoms").integer);
    CHECK(parsed->canonical_smiles() == member(entry, "canonical").text);
  }
}
