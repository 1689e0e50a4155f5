#include "tasks/suite/description.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>

#include "tasks/suite/names.h"

namespace cupel::tasks::suite {
namespace {

struct Element {
  int number;
  std::string_view name;
};
constexpr auto kElements = std::to_array<Element>({{6, "carbon"},
                                                   {7, "nitrogen"},
                                                   {8, "oxygen"},
                                                   {16, "sulfur"},
                                                   {9, "fluorine"},
                                                   {17, "chlorine"},
                                                   {35, "bromine"}});

class Describer {
 public:
  Describer(const Structure& structure, const chem::MoleculeFacts& facts,
            const std::vector<ClassMatch>& classes, Random& random)
      : structure_(structure),
        root_(structure.root),
        facts_(facts),
        classes_(classes),
        random_(random),
        groups_(groups_of(root_, facts)),
        configurations_(configurations(root_, facts)) {}

  Text run(Subject subject, Detail detail) {
    text_ << (subject == Subject::kIt ? "it" : "The molecule");
    if (detail == Detail::kClasses)
      class_opening();
    else
      opening(detail == Detail::kFull);
    std::vector<std::function<void()>> rest;
    if (structure_.companion != nullptr) rest.emplace_back([this] { companion(); });
    if (detail == Detail::kFull && !configurations_.empty() && !prefixed_)
      rest.emplace_back([this] { configuration(); });
    if (detail != Detail::kClasses && !classes_.empty() && random_.chance(75))
      rest.emplace_back([this] { class_list(1 + random_.below(3), " It is "); });
    numbers(detail, rest);
    for (std::size_t i = rest.size(); i > 1; --i) std::swap(rest[i - 1], rest[random_.below(i)]);
    for (const auto& sentence : rest) sentence();
    return std::move(text_);
  }

 private:
  std::string_view pick(std::initializer_list<std::string_view> options) {
    return options.begin()[random_.below(options.size())];
  }

  /// "a", "a and b", "a, b and c".
  template <typename Body>
  void list(std::size_t n, const Body& item) {
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) text_ << (i + 1 == n ? " and " : ", ");
      item(i);
    }
  }

  // --- the first sentence --------------------------------------------------------------------

  void scaffold(bool with_article, bool with_configuration) {
    const std::string_view name = root_.fragment->row.name;
    prefixed_ = with_configuration && !configurations_.empty();
    if (with_article && prefixed_) {
      Text prefix;
      append_configurations(prefix, configurations_);
      text_ << article(prefix.bytes()) << " ";
    } else if (with_article) {
      text_ << article(name) << " ";
    }
    if (prefixed_) append_configurations(text_, configurations_);
    auto atoms = root_.atoms;
    std::ranges::sort(atoms);
    text_.word(atoms.size() == 1, std::move(atoms), name);
  }

  void opening(bool positions) {
    const bool prefix = positions && random_.chance(60);
    if (groups_.empty()) {
      text_ << pick({" is ", " is simply "});
      scaffold(true, prefix);
      text_ << ".";
      return;
    }
    if (random_.chance(50)) std::ranges::reverse(groups_);
    if (positions && random_.chance(25)) return placed_opening(prefix);
    const std::size_t form = random_.below(4);
    text_ << (form == 1 ? " consists of " : form == 2 ? " has " : " is ");
    scaffold(true, prefix);
    switch (form) {
      case 0:
        text_ << pick({" substituted by ", " that is substituted by "});
        break;
      case 1:
        text_ << pick({" with ", " and "});
        break;
      case 2:
        text_ << pick({" core substituted by ", " core that bears "});
        break;
      default:
        text_ << pick({" carrying ", " that carries ", " bearing "});
        break;
    }
    list(groups_.size(), [&](std::size_t i) { group(groups_[i], positions); });
    text_ << ".";
  }

  void group(const NamedGroup& group, bool positions) {
    const std::size_t count = group.branches.size();
    text_ << (count == 1 ? std::string(article(group.name)) : number_word(count)) << " ";
    append_group_name(text_, group, facts_);
    const std::string_view noun = group_noun();
    text_ << noun << (count == 1 ? "" : "s");
    if (positions) {
      text_ << " at ";
      position_list(group);
    }
  }

  std::string_view group_noun() { return random_.chance(75) ? " group" : " substituent"; }

  void position_list(const NamedGroup& group) {
    text_ << (group.branches.size() == 1 ? "position " : "positions ");
    list(group.branches.size(),
         [&](std::size_t i) { append_locant(text_, root_, *group.branches[i]); });
  }

  /// "… in which position 3 bears a hydroxy group and positions 2 and 5 bear methyl groups".
  void placed_opening(bool prefix) {
    text_ << " is ";
    scaffold(true, prefix);
    text_ << " in which ";
    const bool hydrogens = random_.chance(40);
    list(groups_.size(), [&](std::size_t i) {
      const NamedGroup& one = groups_[i];
      const bool single = one.branches.size() == 1;
      if (hydrogens) text_ << (single ? "the hydrogen at " : "hydrogens at ");
      position_list(one);
      if (hydrogens)
        text_ << (single ? " is replaced by " : " are replaced by ");
      else
        text_ << (single ? " bears " : " bear ");
      if (single) text_ << article(one.name) << " ";
      append_group_name(text_, one, facts_);
      text_ << (single ? " group" : " groups");
    });
    text_ << ".";
  }

  void class_opening() {
    if (classes_.empty()) {
      text_ << " is ";
      scaffold(true, false);
      text_ << pick({" derivative.", " analogue."});
      return;
    }
    class_list(2 + random_.below(3), " is ");
  }

  // --- further sentences ---------------------------------------------------------------------

  void class_list(std::size_t wanted, std::string_view before) {
    std::vector<std::size_t> order(classes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    text_ << before;
    list(std::min(wanted, order.size()), [&](std::size_t i) {
      const ClassMatch& match = classes_[order[i]];
      const std::string_view name = compound_classes()[match.index].name;
      const std::size_t space = name.find(' ') + 1;
      text_ << name.substr(0, space);
      text_.word(false, match.atoms, name.substr(space));
    });
    text_ << ".";
  }

  void companion() {
    const Companion& companion = *structure_.companion;
    if (companion.charge == 0) {
      text_ << " It is a ";
      text_.word(true, structure_.companion_atoms, "monohydrate");
    } else {
      text_ << pick({" It is ", " It occurs here as "}) << article(companion.name) << " ";
      text_.word(true, structure_.companion_atoms, companion.name);
      text_ << " salt";
    }
    text_ << ".";
  }

  void configuration() {
    const bool at = random_.chance(50);
    text_ << (at ? " It has " : " The configuration is ");
    list(configurations_.size(), [&](std::size_t i) {
      const Configuration& one = configurations_[i];
      text_.word(one.atoms.size() == 1, one.atoms, std::string_view(&one.label, 1));
      if (at && i == 0) text_ << " configuration";
      text_ << (one.locant.empty() ? " at the double bond" : " at position ") << one.locant;
    });
    text_ << ".";
  }

  void numbers(Detail detail, std::vector<std::function<void()>>& rest) {
    const std::size_t chance = detail == Detail::kClasses ? 70 : 25;
    if (random_.chance(chance)) rest.emplace_back([this] { rings(); });
    if (random_.chance(chance)) rest.emplace_back([this] { elements(); });
    if (random_.chance(chance / 2))
      rest.emplace_back([this] {
        text_ << pick({" It has ", " It consists of "}) << number_word(facts_.elements.size())
              << " heavy atoms.";
      });
    if (facts_.charge != 0 && random_.chance(70)) rest.emplace_back([this] { net_charge(); });
    if (!facts_.stereo_atoms.empty() && random_.chance(chance))
      rest.emplace_back([this] { centres(); });
  }

  void rings() {
    if (facts_.rings == 0) {
      text_ << pick({" It is acyclic.", " It has no rings."});
      return;
    }
    text_ << pick({" It contains ", " It has "}) << number_word(facts_.rings)
          << (facts_.rings == 1 ? " ring" : " rings");
    if (facts_.rings == 1) {
      text_ << (facts_.aromatic_rings == 1 ? ", which is aromatic." : ", which is not aromatic.");
      return;
    }
    const bool all = facts_.aromatic_rings == facts_.rings;
    text_ << ", "
          << (all                          ? (facts_.rings == 2 ? "both" : "all")
              : facts_.aromatic_rings == 0 ? "none"
                                           : number_word(facts_.aromatic_rings))
          << " of ";
    std::vector<int> atoms;
    for (std::size_t i = 0; i < facts_.aromatic.size(); ++i) {
      if (facts_.aromatic[i]) atoms.push_back(static_cast<int>(i));
    }
    text_ << (facts_.aromatic_rings == 1 ? "which is " : "which are ");
    if (atoms.empty())
      text_ << "aromatic";
    else
      text_.word(false, std::move(atoms), "aromatic");
    text_ << ".";
  }

  std::vector<int> atoms_of(int element) const {
    std::vector<int> out;
    for (std::size_t i = 0; i < facts_.elements.size(); ++i) {
      if (facts_.elements[i] == element) out.push_back(static_cast<int>(i));
    }
    return out;
  }

  void elements() {
    std::vector<std::pair<std::string_view, std::vector<int>>> present;
    for (const Element& element : kElements) {
      auto atoms = atoms_of(element.number);
      if (!atoms.empty()) present.emplace_back(element.name, std::move(atoms));
    }
    if (present.empty()) return;
    const std::size_t first = random_.below(present.size());
    const std::size_t n = std::min<std::size_t>(1 + random_.below(2), present.size() - first);
    text_ << pick({" It contains ", " Its atoms include "});
    list(n, [&](std::size_t i) {
      auto& [name, atoms] = present[first + i];
      const std::size_t count = atoms.size();
      text_ << number_word(count) << " ";
      text_.word(true, std::move(atoms), name);
      text_ << (count == 1 ? " atom" : " atoms");
    });
    text_ << ".";
  }

  void net_charge() {
    text_ << pick({" It has a net charge of ", " Its charge is "})
          << (facts_.charge > 0 ? "+" : "-") << std::to_string(std::abs(facts_.charge)) << ".";
  }

  void centres() {
    const std::size_t count = facts_.stereo_atoms.size();
    text_ << " It has " << number_word(count) << " defined ";
    std::vector<int> atoms;
    for (const chem::StereoAtom& centre : facts_.stereo_atoms) atoms.push_back(centre.atom);
    text_.word(true, std::move(atoms), count == 1 ? "stereocentre" : "stereocentres");
    text_ << ".";
  }

  const Structure& structure_;
  const Node& root_;
  const chem::MoleculeFacts& facts_;
  const std::vector<ClassMatch>& classes_;
  Random& random_;
  std::vector<NamedGroup> groups_;
  std::vector<Configuration> configurations_;
  bool prefixed_ = false;  // the scaffold's name has them
  Text text_;
};

}  // namespace

Text describe(const Structure& structure, const chem::MoleculeFacts& facts,
              const std::vector<ClassMatch>& classes, Subject subject, Detail detail,
              Random& random) {
  return Describer(structure, facts, classes, random).run(subject, detail);
}

}  // namespace cupel::tasks::suite
