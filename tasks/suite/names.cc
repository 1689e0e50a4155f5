#include "tasks/suite/names.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace cupel::tasks::suite {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// Such a name would run into its neighbours without parentheses.
bool needs_parentheses(const NamedGroup& group) {
  const Node& node = group.branches.front()->node;
  return !node.branches.empty() || node.fragment->is('P') ||
         std::ranges::any_of(group.name, [](char byte) { return is_digit(byte) || byte == '('; });
}

std::string_view multiplier(std::size_t count, bool complex) {
  static constexpr std::array<std::string_view, 7> kSimple = {"",      "",      "di",  "tri",
                                                              "tetra", "penta", "hexa"};
  static constexpr std::array<std::string_view, 7> kComplex = {
      "", "", "bis", "tris", "tetrakis", "pentakis", "hexakis"};
  return (complex ? kComplex : kSimple).at(count);
}

void append_prefix(Text& text, const Node& node, const NamedGroup& group,
                   const chem::MoleculeFacts& facts) {
  const auto& sites = node.fragment->sites;
  if (!sites[group.branches.front()->site].locant.empty()) {
    for (const Branch* branch : group.branches) {
      if (branch != group.branches.front()) text << ",";
      append_locant(text, node, *branch);
    }
    text << "-";
  }
  const bool complex = needs_parentheses(group);
  text << multiplier(group.branches.size(), complex) << (complex ? "(" : "");
  append_group_name(text, group, facts);
  text << (complex ? ")" : "");
}

}  // namespace

std::string_view article(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('('), name.size()));
  const bool eight = name.starts_with("8") || name.starts_with("11-") || name.starts_with("18-");
  return eight || (!name.empty() && std::string_view("aeioEA").contains(name.front())) ? "an" : "a";
}

std::string number_word(std::size_t number) {
  static constexpr std::array<std::string_view, 13> kWords = {
      "no",    "one",   "two",  "three", "four",   "five",  "six",
      "seven", "eight", "nine", "ten",   "eleven", "twelve"};
  return number < kWords.size() ? std::string(kWords.at(number)) : std::to_string(number);
}

std::vector<NamedGroup> groups_of(const Node& node, const chem::MoleculeFacts& facts) {
  std::map<std::string, NamedGroup> by_name;
  for (const Branch& branch : node.branches) {
    Text text;
    append_name(text, branch.node, facts);
    NamedGroup& group = by_name[text.bytes()];
    const auto atoms = all_atoms(branch.node);
    group.name = text.bytes();
    group.single_atoms = atoms.size() == 1;
    group.branches.push_back(&branch);
    group.atoms.insert(group.atoms.end(), atoms.begin(), atoms.end());
  }
  std::vector<NamedGroup> out;
  for (auto& [name, group] : by_name) {
    std::ranges::sort(group.atoms);
    out.push_back(std::move(group));
  }
  return out;
}

std::vector<Configuration> configurations(const Node& node, const chem::MoleculeFacts& facts) {
  std::vector<Configuration> out;
  for (const StereoCentre& centre : node.fragment->centres) {
    const int atom = node.atoms[centre.atom];
    const auto found = std::ranges::find(facts.stereo_atoms, atom, &chem::StereoAtom::atom);
    if (found != facts.stereo_atoms.end())
      out.push_back({.locant = centre.locant, .label = found->label, .atoms = {atom}});
  }
  std::ranges::sort(out, {}, &Configuration::locant);
  for (const chem::StereoBond& bond : facts.stereo_bonds) {
    if (std::ranges::contains(node.atoms, bond.begin) &&
        std::ranges::contains(node.atoms, bond.end))
      out.push_back({.label = bond.label,
                     .atoms = {std::min(bond.begin, bond.end), std::max(bond.begin, bond.end)}});
  }
  return out;
}

void append_configurations(Text& text, const std::vector<Configuration>& all) {
  if (all.empty()) return;
  text << "(";
  for (const Configuration& one : all) {
    if (&one != &all.front()) text << ",";
    text << one.locant;
    text.word(one.atoms.size() == 1, one.atoms, std::string_view(&one.label, 1));
  }
  text << ")-";
}

void append_locant(Text& text, const Node& node, const Branch& branch) {
  const Site& site = node.fragment->sites[branch.site];
  text.word(true, {node.atoms[site.atom]}, site.locant);
}

void append_name(Text& text, const Node& node, const chem::MoleculeFacts& facts) {
  append_configurations(text, configurations(node, facts));
  const auto groups = groups_of(node, facts);
  for (const NamedGroup& group : groups) {
    if (&group != &groups.front()) text << "-";
    append_prefix(text, node, group, facts);
  }
  const std::string_view base = node.fragment->row.name;
  if (groups.empty()) {
    text << base;
    return;
  }
  if (is_digit(base.front())) text << "-";
  auto own = node.atoms;
  std::ranges::sort(own);
  const bool single = own.size() == 1;
  text.word(single, std::move(own), base);
}

void append_group_name(Text& text, const NamedGroup& group, const chem::MoleculeFacts& facts) {
  text.phrase(group.single_atoms, group.atoms, [&] {
    if (group.branches.size() == 1)
      append_name(text, group.branches.front()->node, facts);
    else
      text << group.name;  // its parts stand for atoms of several members: only the whole is marked
  });
}

}  // namespace cupel::tasks::suite
