#include "metrics/molecule/invalid_rule.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

using cupel::metrics::InvalidRule;
using cupel::metrics::MoleculeCache;

namespace {

InvalidRule rule_of(const std::vector<std::string>& invalid) {
  cupel::chem::silence_rdkit();
  cupel::metrics::Choices choices;
  choices.set("invalid", invalid);
  return InvalidRule(choices);
}

}  // namespace

TEST_CASE("What does not parse is invalid; the other two kinds are if they are chosen") {
  MoleculeCache cache;
  const std::vector<std::pair<std::string, std::string>> kinds = {{"empty", ""},
                                                                  {"trailing-text", "C C"}};
  for (const auto& [chosen, of_chosen] : kinds) {
    const InvalidRule rule = rule_of({"syntax", "chemistry", chosen});
    for (const auto& [kind, smiles] : kinds) {
      INFO(chosen << " against " << smiles);
      CHECK(rule.valid(cache.get(smiles)) == (chosen != kind));
    }
    for (const char* unreadable : {"C(", "c1cccc1"}) CHECK_FALSE(rule.valid(cache.get(unreadable)));
    CHECK(rule.valid(cache.get("CCO")));
    CHECK(rule_of({"syntax", "chemistry"}).valid(cache.get(of_chosen)));
  }
}

TEST_CASE("What is too large is always invalid") {
  MoleculeCache cache;
  CHECK_FALSE(rule_of({}).valid(cache.get(std::string(9'999, 'C'))));
}
