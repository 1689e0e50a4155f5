#include "tasks/suite/fragment.h"

#include <algorithm>
#include <stdexcept>

#include "harness/chem/facts.h"
#include "harness/chem/molecule.h"

namespace cupel::tasks::suite {
namespace {

class Compiler {
 public:
  explicit Compiler(const FragmentRow& row) : text_(row.smiles) { out_.row = row; }

  Fragment run() {
    while (at_ < text_.size()) step();
    if (!open_.empty()) fail("an open parenthesis");
    for (const StereoCentre& centre : out_.centres) {
      if (centre.locant.empty()) fail("a stereocentre without a locant");
    }
    return std::move(out_);
  }

 private:
  void step() {
    const char byte = text_[at_];
    if (byte == '{')
      site(take_until('}'));
    else if (byte == '[')
      bracket(take_until(']'));
    else if (byte >= '0' && byte <= '9')
      push(Token::Kind::kRing, 1);
    else if (byte == '/' || byte == '\\')
      slash();
    else if (std::string_view("BCNOPSFIbcnops").contains(byte))
      atom(text_.substr(at_, 2) == "Cl" || text_.substr(at_, 2) == "Br" ? 2 : 1);
    else if (byte == '(' || byte == ')')
      parenthesis(byte);
    else if (std::string_view("=#-").contains(byte))
      push(Token::Kind::kOther, 1);
    else
      fail("an unknown letter");
  }

  void push(Token::Kind kind, std::size_t bytes) {
    out_.tokens.push_back({.kind = kind, .text = std::string(text_.substr(at_, bytes))});
    at_ += bytes;
  }

  void slash() {
    out_.has_slashes = true;
    push(Token::Kind::kSlash, 1);
  }

  void parenthesis(char byte) {
    if (byte == '(') {
      open_.push_back(current_);
    } else {
      if (open_.empty()) fail("a parenthesis that was not opened");
      current_ = open_.back();
      open_.pop_back();
    }
    push(Token::Kind::kOther, 1);
  }

  void atom(std::size_t bytes) {
    current_ = out_.tokens.size();
    push(Token::Kind::kAtom, bytes);
    out_.tokens.back().index = out_.atoms++;
  }

  std::string_view take_until(char end) {
    const std::size_t close = text_.find(end, at_);
    if (close == std::string_view::npos) fail("an open bracket");
    const std::string_view inside = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    return inside;
  }

  void bracket(std::string_view inside) {
    current_ = out_.tokens.size();
    if (!inside.starts_with("C*")) {
      out_.tokens.push_back({.kind = Token::Kind::kAtom,
                             .text = "[" + std::string(inside) + "]",
                             .index = out_.atoms++});
      out_.charge += static_cast<int>(std::ranges::count(inside, '+')) -
                     static_cast<int>(std::ranges::count(inside, '-'));
      return;
    }
    const std::size_t colon = inside.find(':');
    StereoCentre centre{.atom = out_.atoms++};
    if (colon != std::string_view::npos) centre.locant = inside.substr(colon + 1);
    out_.tokens.push_back(
        {.kind = Token::Kind::kCentre,
         .text = std::string(inside.substr(
             2, colon == std::string_view::npos ? std::string_view::npos : colon - 2)),
         .index = out_.centres.size()});
    out_.centres.push_back(centre);
  }

  void site(std::string_view inside) {
    if (current_ >= out_.tokens.size()) fail("a place before any atom");
    const Token& before = out_.tokens[current_];
    const bool centre = before.kind == Token::Kind::kCentre;
    const std::size_t bang = inside.find('!');
    Site site{.locant = std::string(inside.substr(0, bang)),
              .accepts = before.text.contains('n') || before.text == "N" ? "N" : "C",
              .required = bang != std::string_view::npos,
              .atom = centre ? out_.centres[before.index].atom : before.index,
              .last = at_ == text_.size() || text_[at_] == ')'};
    if (centre && out_.centres[before.index].locant.empty()) {
      out_.centres[before.index].locant = site.locant;
      out_.centres[before.index].needs_site = true;
    }
    if (site.required && bang + 1 < inside.size()) site.accepts = inside.substr(bang + 1);
    out_.tokens.push_back({.kind = Token::Kind::kSite, .index = out_.sites.size()});
    out_.sites.push_back(std::move(site));
  }

  [[noreturn]] void fail(const char* what) const {
    throw std::logic_error("template " + std::string(out_.row.smiles) + ": " + what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t current_ = 0;        // the token of the atom that a place would belong to
  std::vector<std::size_t> open_;  // the same for each parenthesis that is not closed yet
  Fragment out_;
};

// The template without anything on it. A substituent gets a star for what it stands on.
std::string bare_smiles(const Fragment& fragment, bool substituent) {
  std::string out = substituent ? "*" : "";
  for (const Token& token : fragment.tokens) {
    if (token.kind == Token::Kind::kCentre)
      out += 'C';
    else if (token.kind != Token::Kind::kSlash)
      out += token.text;
  }
  return out;
}

std::vector<std::vector<std::size_t>> symmetries_of(const Fragment& fragment, bool substituent) {
  const std::string smiles = bare_smiles(fragment, substituent);
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule) throw std::logic_error("template " + smiles + ": " + molecule.error().detail);
  const std::size_t shift = substituent ? 1 : 0;
  std::vector<std::vector<std::size_t>> out;
  for (const auto& permutation : chem::symmetries(*molecule)) {
    std::vector<std::size_t> map(fragment.sites.size(), kNoSite);
    for (std::size_t from = 0; from < map.size(); ++from) {
      const auto atom = static_cast<std::size_t>(permutation[fragment.sites[from].atom + shift]);
      for (std::size_t to = 0; to < map.size(); ++to) {
        if (fragment.sites[to].atom + shift == atom &&
            fragment.sites[to].accepts == fragment.sites[from].accepts)
          map[from] = to;
      }
    }
    out.push_back(std::move(map));
  }
  return out;
}

std::vector<Fragment> compile_all(std::span<const FragmentRow> rows, bool substituents) {
  std::vector<Fragment> out;
  for (const FragmentRow& row : rows) {
    out.push_back(compile(row));
    out.back().symmetries = symmetries_of(out.back(), substituents);
  }
  return out;
}

}  // namespace

Fragment compile(const FragmentRow& row) { return Compiler(row).run(); }

const std::vector<Fragment>& scaffolds() {
  static const std::vector<Fragment> all = compile_all(scaffold_rows(), false);
  return all;
}

const std::vector<Fragment>& substituents() {
  static const std::vector<Fragment> all = compile_all(substituent_rows(), true);
  return all;
}

}  // namespace cupel::tasks::suite
