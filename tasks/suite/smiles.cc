#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "tasks/suite/structure.h"

namespace cupel::tasks::suite {
namespace {

class Writer {
 public:
  std::string run(Structure& structure) {
    if (structure.companion_first) companions(structure, "", ".");
    Node& root = structure.root;
    Branch* front = structure.first_in_front ? front_of(root) : nullptr;
    if (front != nullptr) {
      const Fragment reversed = compile({.smiles = front->node.fragment->row.reverse});
      front->node.atoms.clear();
      for (const Token& token : reversed.tokens) plain(token, front->node);
    }
    node(root, front);
    if (!structure.companion_first) companions(structure, ".", "");
    return std::move(out_);
  }

 private:
  static Branch* front_of(Node& root) {
    const Token& first = root.fragment->tokens.front();
    if (first.kind != Token::Kind::kAtom || root.branches.empty()) return nullptr;
    Branch& branch = root.branches.front();
    const Fragment& child = *branch.node.fragment;
    const bool on_first = root.fragment->sites[branch.site].atom == 0;
    return on_first && !child.row.reverse.empty() && branch.node.branches.empty() ? &branch
                                                                                  : nullptr;
  }

  void companions(Structure& structure, const char* before, const char* after) {
    if (structure.companion == nullptr) return;
    structure.companion_atoms.clear();
    for (std::size_t i = 0; i < structure.companions; ++i) {
      out_.append(before).append(structure.companion->smiles).append(after);
      structure.companion_atoms.push_back(next_atom_++);
    }
  }

  // A ring of a template gets the lowest number that is free where it opens.
  void ring(char digit, std::array<int, 10>& open) {
    int& number = open[static_cast<std::size_t>(digit - '0')];
    if (number == 0) {
      const auto free = std::ranges::find(used_, false);
      *free = true;
      number = static_cast<int>(free - used_.begin()) + 1;
      put_ring(number);
    } else {
      used_[static_cast<std::size_t>(number - 1)] = false;
      put_ring(number);
      number = 0;
    }
  }

  void put_ring(int number) {
    if (number > 9) out_ += '%';
    out_ += std::to_string(number);
  }

  void plain(const Token& token, Node& node) {
    if (token.kind == Token::Kind::kAtom) node.atoms.push_back(next_atom_++);
    if (token.kind == Token::Kind::kRing) {
      ring(token.text.front(), reversed_rings_);
    } else {
      out_ += token.text;
    }
  }

  static const Branch* at_atom(const Node& node, std::size_t atom) {
    for (const Branch& branch : node.branches) {
      if (node.fragment->sites[branch.site].atom == atom) return &branch;
    }
    return nullptr;
  }

  void centre(const Token& token, Node& node) {
    const StereoCentre& centre = node.fragment->centres[token.index];
    const bool whole = !centre.needs_site || at_atom(node, centre.atom) != nullptr;
    node.atoms.push_back(next_atom_++);
    if (node.stereo && whole)
      out_ += (node.signs >> token.index) % 2 == 0 ? "[C@" + token.text + "]"
                                                   : "[C@@" + token.text + "]";
    else
      out_ += 'C';
  }

  void atom(const Token& token, Node& node) {
    const bool taken = at_atom(node, token.index) != nullptr;
    node.atoms.push_back(next_atom_++);
    out_ += token.text == "[nH]" && taken ? "n" : token.text;
  }

  // Turning one slash makes the other isomer, turning all of them another spelling.
  void slash(const Token& token, const Node& node, bool last) {
    if (!node.stereo) return;
    const bool turned = (last && node.signs >> 63U == 1) != ((node.signs >> 62U) % 2 == 1);
    out_ += turned ? "\\" : token.text;
  }

  void site(std::size_t index, Node& of, const Branch* front) {
    for (Branch& branch : of.branches) {
      if (branch.site != index || &branch == front) continue;
      const bool last = of.fragment->sites[index].last;
      if (!last) out_ += '(';
      node(branch.node, nullptr);
      if (!last) out_ += ')';
    }
  }

  void node(Node& node, const Branch* front) {
    const auto& tokens = node.fragment->tokens;
    const auto last_slash = std::ranges::find_last(tokens, Token::Kind::kSlash, &Token::kind);
    node.atoms.clear();
    std::array<int, 10> rings{};
    for (const Token& token : tokens) {
      switch (token.kind) {
        case Token::Kind::kAtom:
          atom(token, node);
          break;
        case Token::Kind::kCentre:
          centre(token, node);
          break;
        case Token::Kind::kRing:
          ring(token.text.front(), rings);
          break;
        case Token::Kind::kSlash:
          slash(token, node, &token == &*last_slash.begin());
          break;
        case Token::Kind::kSite:
          site(token.index, node, front);
          break;
        case Token::Kind::kOther:
          out_ += token.text;
          break;
      }
    }
  }

  std::string out_;
  int next_atom_ = 0;
  std::array<bool, 99> used_{};
  std::array<int, 10> reversed_rings_{};
};

void collect_atoms(const Node& node, std::vector<int>& into) {
  into.insert(into.end(), node.atoms.begin(), node.atoms.end());
  for (const Branch& branch : node.branches) collect_atoms(branch.node, into);
}

}  // namespace

std::string write(Structure& structure) { return Writer().run(structure); }

std::vector<int> all_atoms(const Node& node) {
  std::vector<int> out;
  collect_atoms(node, out);
  std::ranges::sort(out);
  return out;
}

}  // namespace cupel::tasks::suite
