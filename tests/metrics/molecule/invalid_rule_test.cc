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

TEST_CASE("Each member of the choice makes its kind of string invalid, and no other") {
  MoleculeCache cache;
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"syntax", "C("}, {"chemistry", "c1cccc1"}, {"empty", ""}, {"trailing-text", "C C"}};
  for (const auto& [chosen, of_chosen] : kinds) {
    for (const auto& [kind, smiles] : kinds) {
      INFO(chosen << " against " << smiles);
      CHECK(rule_of({chosen}).valid(cache.get(smiles)) == (chosen != kind));
    }
    CHECK(rule_of({chosen}).valid(cache.get("CCO")));
    CHECK(rule_of({}).valid(cache.get(of_chosen)));
  }
}

TEST_CASE("Without a molecule there is nothing to compare, whatever the rule") {
  MoleculeCache cache;
  CHECK_FALSE(rule_of({}).comparable(cache.get("C(")));
  CHECK(rule_of({}).comparable(cache.get("")));
  CHECK(rule_of({"syntax"}).comparable(cache.get("CC")));
}

TEST_CASE("What is too large is always invalid") {
  MoleculeCache cache;
  CHECK_FALSE(rule_of({}).valid(cache.get(std::string(9'999, 'C'))));
}
