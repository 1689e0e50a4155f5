/// A data set that nobody has published, made from a seed, with the outputs of a model of any
/// skill.
#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "tests/support/damages.h"

namespace cupel::test {

/// Rows of a chain of named groups and the sentences that tell them. A model gets each group right
/// with probability `skill`, and some SMILES of a poor one are broken.
inline Table made_set(const std::string& task, std::size_t rows, double skill,
                      std::uint64_t seed = 1) {
  struct Group {
    const char* smiles;
    const char* name;
  };
  static constexpr std::array<Group, 24> kGroups = {{
      {"C", "methylene"},
      {"CC", "ethylene"},
      {"C(C)", "ethylidene"},
      {"C(=O)", "carbonyl"},
      {"O", "ether"},
      {"N", "amine"},
      {"C(=O)N", "amide"},
      {"C(=O)O", "ester"},
      {"S", "thioether"},
      {"c1ccc(cc1)", "phenylene"},
      {"C(F)(F)", "difluoromethylene"},
      {"C(Cl)", "chloromethylene"},
      {"C(O)", "hydroxymethylene"},
      {"C(N)", "aminomethylene"},
      {"C(C#N)", "cyanomethylene"},
      {"S(=O)(=O)", "sulfone"},
      {"N(C)", "methylamine"},
      {"C(Br)", "bromomethylene"},
      {"c1ccc(nc1)", "pyridylene"},
      {"C(C(C)C)", "isobutylidene"},
      {"C1CCC(CC1)", "cyclohexylene"},
      {"C(OC)", "methoxymethylene"},
      {"[Si](C)(C)", "dimethylsilylene"},
      {"C(/C=C\\C)", "propenylene"},
  }};
  static constexpr std::array<const char*, 4> kPlaces = {"begins with", "goes on with",
                                                         "is followed by", "has then"};
  std::mt19937_64 random(seed);
  const auto draw = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto chance = [&](double p) { return static_cast<double>(random() >> 11U) * 0x1p-53 < p; };
  const auto smiles = [](const std::vector<std::size_t>& groups) {
    std::string text = "C";
    for (const std::size_t group : groups) text += kGroups[group].smiles;
    return text + "C";
  };
  const auto sentences = [&](const std::vector<std::size_t>& groups) {
    std::string text = "The molecule is a chain of groups.";
    for (std::size_t i = 0; i < groups.size(); ++i)
      text += std::string(" It ") + kPlaces[i % 4] + " a " + kGroups[groups[i]].name + " group.";
    return text;
  };
  Table table{.task = task, .rows = {}};
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<std::size_t> groups(5 + draw(4));
    for (std::size_t& group : groups) group = draw(kGroups.size());
    std::vector<std::size_t> guess = groups;
    for (std::size_t& group : guess) group = chance(skill) ? group : draw(kGroups.size());
    if (task == "captioning") {
      table.rows.push_back({smiles(groups), sentences(groups), sentences(guess)});
    } else {
      std::string output = smiles(guess);
      if (chance(0.3 * (1.0 - skill))) output.erase(draw(output.size()), 1);
      table.rows.push_back({sentences(groups), smiles(groups), output});
    }
  }
  return table;
}

}  // namespace cupel::test
