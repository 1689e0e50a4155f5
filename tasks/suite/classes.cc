#include "tasks/suite/classes.h"

#include <array>
#include <set>
#include <string>
#include <utility>

#include "harness/chem/pattern.h"

namespace cupel::tasks::suite {
namespace {

constexpr auto kClasses = std::to_array<CompoundClass>({
    {"a carboxylic acid", "[CX3](=O)[OX2H1]"},
    {"a carboxylate", "[CX3](=O)[O-]"},
    {"a carboxylic ester", "[#6][CX3](=O)[OX2H0][#6]"},
    {"a carboxamide", "[#6][CX3](=O)[NX3;!$(N~[!#6])]"},
    {"a urea derivative", "[NX3][CX3](=O)[NX3]"},
    {"a carbamate ester", "[NX3][CX3](=O)[OX2H0][#6]"},
    {"an alcohol", "[OX2H1][CX4]"},
    {"a member of phenols", "[OX2H1]c"},
    {"an aromatic ether", "c[OX2H0;!$(OC=O);!$(O[!#6])][#6;!$(C=O)]"},
    {"a ketone", "[#6][CX3](=O)[#6]"},
    {"an aldehyde", "[#6][CX3;H1]=O"},
    {"a primary amino compound", "[NX3;H2;!$(NC=[O,S,N]);!$(NS=O);!$(N[!#6])][#6]"},
    {"a secondary amino compound", "[NX3;H1;!$(NC=[O,S,N]);!$(NS=O);!$(N[!#6])]([#6])[#6]"},
    {"a tertiary amino compound", "[NX3;H0;+0;!$(NC=[O,S,N]);!$(NS=O);!$(N[!#6])]([#6])([#6])[#6]"},
    {"a quaternary ammonium ion", "[NX4;H0;+]([#6])([#6])([#6])[#6]"},
    {"a nitrile", "[#6]C#[NX1]"},
    {"a C-nitro compound", "[#6][NX3+](=O)[O-]"},
    {"a sulfonamide", "[SX4](=O)(=O)([#6])[NX3]"},
    {"a sulfone", "[#6][SX4](=O)(=O)[#6]"},
    {"an organic sulfide", "[#6;!$(C=O)][SX2;H0][#6;!$(C=O)]"},
    {"an azo compound", "[#6]N=N[#6]"},
    {"an olefinic compound", "[CX3;!$(C=[!#6])]=[CX3;!$(C=[!#6])]"},
    {"an acetylenic compound", "[CX2]#[CX2]"},
    {"an organofluorine compound", "[#6]F"},
    {"an organochlorine compound", "[#6]Cl"},
    {"an organobromine compound", "[#6]Br"},
    {"an organoiodine compound", "[#6]I"},
    {"a member of trifluoromethylbenzenes", "c1ccccc1C(F)(F)F"},
    {"a member of benzenes", "c1ccccc1"},
    {"a member of naphthalenes", "c1ccc2ccccc2c1"},
    {"a member of pyridines", "n1ccccc1"},
    {"a member of pyrimidines", "n1cnccc1"},
    {"a member of indoles", "[nX3]1ccc2ccccc12"},
    {"a member of quinolines", "n1cccc2ccccc12"},
    {"a member of furans", "o1cccc1"},
    {"a member of thiophenes", "s1cccc1"},
    {"a member of imidazoles", "[nX3]1cncc1"},
    {"a member of pyrazoles", "[nX3]1nccc1"},
    {"a member of triazoles", "[$(n1nncc1),$(n1ncnc1),$(n1cnnc1)]"},
    {"a member of 1,3-thiazoles", "s1cncc1"},
    {"a member of piperidines", "N1CCCCC1"},
    {"a member of piperazines", "N1CCNCC1"},
    {"a member of morpholines", "N1CCOCC1"},
    {"a member of pyrrolidines", "N1CCCC1"},
    {"a cyclohexane derivative", "C1CCCCC1"},
    {"a steroid",
     "[#6]1~[#6]~[#6]~[#6]2~[#6](~[#6]~1)~[#6]~[#6]~[#6]1~[#6]~2~[#6]~[#6]~[#6]2~[#6]"
     "~[#6]~[#6]~[#6]~1~2"},
});

// By index in kClasses. Compiled once; matching needs no lock.
const std::vector<chem::Pattern>& patterns() {
  static const std::vector<chem::Pattern> all = [] {
    std::vector<chem::Pattern> out;
    for (const CompoundClass& one : kClasses) out.emplace_back(std::string(one.smarts));
    return out;
  }();
  return all;
}

}  // namespace

std::span<const CompoundClass> compound_classes() { return kClasses; }

std::vector<ClassMatch> match_classes(const chem::Molecule& molecule) {
  std::vector<ClassMatch> out;
  for (std::size_t index = 0; index < kClasses.size(); ++index) {
    const auto matches = patterns()[index].matches(molecule);
    if (matches.empty()) continue;
    std::set<int> atoms;
    for (const auto& match : matches) atoms.insert(match.begin(), match.end());
    out.push_back({.index = index, .count = matches.size(), .atoms = {atoms.begin(), atoms.end()}});
  }
  return out;
}

}  // namespace cupel::tasks::suite
