/// Names of fragments with what they carry: "4-hydroxy-3-methoxyphenyl", "(E)-2-phenylethenyl".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/chem/facts.h"
#include "tasks/suite/structure.h"
#include "tasks/suite/text.h"

namespace cupel::tasks::suite {

/// "a", or "an" before a vowel sound ("an 8-…", "a urea").
[[nodiscard]] std::string_view article(std::string_view name);

/// "one" to "twelve", and digits beyond.
[[nodiscard]] std::string number_word(std::size_t number);

/// Substituents of one node that have the same name.
struct NamedGroup {
  std::string name;
  std::vector<const Branch*> branches;  ///< by rising place
  std::vector<int> atoms;               ///< of all of them
  bool single_atoms = false;            ///< each is one atom
};

/// By name.
[[nodiscard]] std::vector<NamedGroup> groups_of(const Node& node, const chem::MoleculeFacts& facts);

/// A specified centre or double bond of a node's own fragment.
struct Configuration {
  std::string locant;  ///< empty for a double bond
  char label = 'R';    ///< R, S, E or Z
  std::vector<int> atoms;
};
[[nodiscard]] std::vector<Configuration> configurations(const Node& node,
                                                        const chem::MoleculeFacts& facts);

/// "(2R,3S)-", "(E)-", or nothing.
void append_configurations(Text& text, const std::vector<Configuration>& configurations);

/// The position of a branch, as a word for the atom that carries it.
void append_locant(Text& text, const Node& node, const Branch& branch);

/// The name of a substituent with all that it carries.
void append_name(Text& text, const Node& node, const chem::MoleculeFacts& facts);

/// The name of a group once, as a phrase for all its members.
void append_group_name(Text& text, const NamedGroup& group, const chem::MoleculeFacts& facts);

}  // namespace cupel::tasks::suite
