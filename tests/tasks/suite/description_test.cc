#include "tasks/suite/description.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/pattern.h"
#include "tasks/suite/candidate.h"
#include "tests/support/molecules.h"

using namespace cupel;
using namespace cupel::tasks::suite;

namespace {

// Written apart from the tables: which atoms a word or phrase may stand for.
const std::map<std::string, std::string>& patterns_of_words() {
  static const std::map<std::string, std::string> all = {
      {"hydroxy", "[OX2H1]"},
      {"chloro", "[Cl;D1]"},
      {"bromo", "[Br;D1]"},
      {"fluoro", "[F;D1]"},
      {"iodo", "[I;D1]"},
      {"amino", "[NX3]"},
      {"methyl", "[CH3,CH2]"},  // also what lies between a ring and another
      {"carboxy", "[CX3](=[OX1])[OX2H1]"},
      {"carboxylato", "[CX3](=[OX1])[O-]"},
      {"nitro", "[N+](=O)[O-]"},
      {"cyano", "C#N"},
      {"methoxy", "[OX2][CH3,CH2]"},
      {"trifluoromethyl", "C(F)(F)F"},
      {"acetyl", "[CX3](=O)[CH3,CH2]"},
      {"dimethylamino", "[NX3]([CH3])[CH3]"},
      {"sulfamoyl", "S(=O)(=O)[NX3]"},
      {"phenyl", "c1ccccc1"},
      {"pyridin-3-yl", "c1cnccc1"},
      {"thiophen-2-yl", "c1sccc1"},
      {"morpholin-4-yl", "N1CCOCC1"},
      {"cyclopropyl", "C1CC1"},
      {"sodium", "[Na+]"},
      {"chloride", "[Cl-]"},
      {"nitrogen", "[#7]"},
      {"oxygen", "[#8]"},
      {"pyridine", "n1ccccc1"},
      {"1H-indole", "n1ccc2ccccc12"},
      {"quinoline", "n1cccc2ccccc12"},
      {"carboxylic acid", "[CX3](=[OX1])[OX2H1]"},
      {"nitrile", "[#6]C#N"},
  };
  return all;
}

template <typename Body>
void each_text(std::size_t n, const Body& body) {
  chem::silence_rdkit();
  std::uint64_t wording = 0;
  for_each_candidate(
      5, "description test", {Side::kTrain, Side::kTest}, 0,
      [&](std::uint64_t, Candidate&& candidate) {
        for (const Detail detail : {Detail::kFull, Detail::kNoPositions, Detail::kClasses}) {
          Random random(++wording);
          body(candidate, describe(candidate.structure, candidate.facts, candidate.classes,
                                   Subject::kTheMolecule, detail, random));
        }
        return wording < 3 * n;
      });
}

std::size_t number_of(const std::string& word) {
  static const std::vector<std::string> words = {"no",   "one",    "two",   "three", "four",
                                                 "five", "six",    "seven", "eight", "nine",
                                                 "ten",  "eleven", "twelve"};
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? std::stoul(word) : static_cast<std::size_t>(found - words.begin());
}

}  // namespace

TEST_CASE("phrases lie within their text and name atoms of the molecule, each once") {
  each_text(300, [](const Candidate& candidate, const Text& text) {
    INFO(candidate.smiles << "\n" << text.bytes());
    CHECK(!text.phrases().empty());
    for (const Phrase& phrase : text.phrases()) {
      CHECK(phrase.begin < phrase.end);
      CHECK(phrase.end <= text.bytes().size());
      REQUIRE(!phrase.atoms.empty());
      CHECK(std::ranges::is_sorted(phrase.atoms, std::less_equal()));
      CHECK(phrase.atoms.front() >= 0);
      CHECK(phrase.atoms.back() < static_cast<int>(candidate.facts.elements.size()));
    }
  });
}

TEST_CASE("the atoms of a phrase are of the group that it names") {
  std::map<std::string, std::size_t> seen;
  each_text(800, [&](const Candidate& candidate, const Text& text) {
    const auto molecule = test::molecule(candidate.smiles);
    for (const Phrase& phrase : text.phrases()) {
      const std::string words = text.bytes().substr(phrase.begin, phrase.end - phrase.begin);
      const auto pattern = patterns_of_words().find(words);
      if (pattern == patterns_of_words().end()) continue;
      ++seen[words];
      const std::set<int> own(phrase.atoms.begin(), phrase.atoms.end());
      std::set<int> covered;
      for (const auto& match : chem::Pattern(pattern->second).matches(molecule)) {
        if (std::ranges::all_of(match, [&](int atom) { return own.contains(atom); }))
          covered.insert(match.begin(), match.end());
      }
      INFO(candidate.smiles << "\n" << text.bytes() << "\n" << words);
      CHECK(covered == own);
    }
  });
  CHECK(seen.size() > 25);
  CHECK(seen["hydroxy"] > 100);
}

TEST_CASE("the numbers that a text states are those of the molecule") {
  std::size_t checked = 0;
  each_text(800, [&](const Candidate& candidate, const Text& text) {
    const auto molecule = test::molecule(candidate.smiles);
    INFO(candidate.smiles << "\n" << text.bytes());
    const auto count = [&](const char* smarts) {
      return chem::Pattern(smarts).matches(molecule).size();
    };
    const auto check = [&](const char* pattern, std::size_t expected) {
      std::smatch match;
      if (!std::regex_search(text.bytes(), match, std::regex(pattern))) return;
      CHECK(number_of(match[1]) == expected);
      ++checked;
    };
    check(R"((\w+) heavy atoms)", count("*"));
    check(R"((\w+) nitrogen atom)", count("[#7]"));
    check(R"((\w+) oxygen atom)", count("[#8]"));
    check(R"((\w+) carbon atom)", count("[#6]"));
    check(R"((\w+) chlorine atom)", count("[#17]"));
    if (text.bytes().contains("acyclic")) CHECK(count("[R]") == 0);
    // Euler: of a graph in one piece.
    if (!candidate.smiles.contains('.'))
      check(R"(It (?:contains|has) (\w+) rings?[, .])", count("*~*") + 1 - count("*"));
    check(R"((\w+) defined stereocentre)", candidate.facts.stereo_atoms.size());
  });
  CHECK(checked > 500);
}

TEST_CASE("texts vary: hardly two of many molecules share their words") {
  std::set<std::string> texts;
  std::set<std::string> openings;
  std::size_t total = 0;
  std::size_t bytes = 0;
  each_text(400, [&](const Candidate&, const Text& text) {
    if (total++ % 3 != 0) return;  // the full ones
    texts.insert(text.bytes());
    bytes += text.bytes().size();
    openings.insert(text.bytes().substr(0, 20));
  });
  CHECK(texts.size() > 390);
  CHECK(openings.size() > 60);
  CHECK(bytes / 400 > 120);
  CHECK(bytes / 400 < 300);
}
