#include "metrics/text/simple_tokenizers.h"

#include <array>
#include <cstddef>
#include <utility>

#include "harness/core/utf8.h"

namespace cupel::metrics {
namespace {

/// Bytes of the character at the start of `text` if Python's str.isspace() holds for it, else 0.
std::size_t white_space_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return (lead >= 0x09 && lead <= 0x0D) || (lead >= 0x1C && lead <= 0x20) ? 1 : 0;
  static constexpr std::array<std::string_view, 8> kOthers = {
      "\u0085", "\u00A0", "\u1680", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};
  for (const std::string_view space : kOthers) {
    if (text.starts_with(space)) return space.size();
  }
  const bool blank = text.size() >= 3 && text >= "\u2000" && text.substr(0, 3) <= "\u200A";
  return blank ? 3 : 0;
}

/// The pieces of `text` between white space.
void split_at_white_space(std::string_view text, std::vector<std::string_view>& out) {
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = white_space_length(text.substr(at));
    if (space > 0) {
      if (at > start) out.push_back(text.substr(start, at - start));
      start = at + space;
    }
    at += space > 0 ? space : utf8_length(text[at]);
  }
  if (text.size() > start) out.push_back(text.substr(start));
}

std::string replace_all(std::string_view text, std::string_view old, std::string_view by) {
  std::string out;
  for (std::size_t at = text.find(old); at != std::string_view::npos; at = text.find(old)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + old.size());
  }
  return out.append(text);
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool stop(char c) { return c == '.' || c == ','; }
/// ASCII punctuation but ' , - and . (which have rules of their own).
bool separate(char c) {
  return (c >= ' ' && c <= '&') || (c >= '(' && c <= '+') || c == '/' || (c >= ':' && c <= '@') ||
         (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

enum class Spaces : unsigned char { kAroundSecond, kAroundFirst };

/// Sets off one of two neighbours wherever `fits(first, second)`, from left to right; the next
/// search starts behind both. All rules ask for ASCII, so bytes do for characters.
template <typename Fits>
std::string set_off(std::string_view text, Spaces where, Fits fits) {
  std::string out;
  out.reserve(text.size() * 2);
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 1 == text.size() || !fits(text[at], text[at + 1])) {
      out += text[at++];
      continue;
    }
    out += where == Spaces::kAroundFirst ? std::string{' ', text[at], ' ', text[at + 1]}
                                         : std::string{text[at], ' ', text[at + 1], ' '};
    at += 2;
  }
  return out;
}

std::string mteval_13a(std::string_view raw) {
  std::string line = replace_all(raw, "<skipped>", "");
  for (const auto& [old, by] :
       std::array<std::pair<std::string_view, std::string_view>, 6>{{{"-\n", ""},
                                                                     {"\n", " "},
                                                                     {"&quot;", "\""},
                                                                     {"&amp;", "&"},
                                                                     {"&lt;", "<"},
                                                                     {"&gt;", ">"}}})
    line = replace_all(line, old, by);
  std::string spaced = " ";
  for (const char c : line) spaced += separate(c) ? std::string{' ', c, ' '} : std::string{c};
  spaced += ' ';
  spaced =
      set_off(spaced, Spaces::kAroundSecond, [](char a, char b) { return !digit(a) && stop(b); });
  spaced =
      set_off(spaced, Spaces::kAroundFirst, [](char a, char b) { return stop(a) && !digit(b); });
  return set_off(spaced, Spaces::kAroundSecond,
                 [](char a, char b) { return digit(a) && b == '-'; });
}

}  // namespace

Tokens CharacterTokenizer::tokenize(std::string_view text) const {
  Tokens tokens;
  tokens.views.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text[at]);
    tokens.views.push_back(text.substr(at, length));
    at += length;
  }
  return tokens;
}

Tokens WhiteSpaceTokenizer::tokenize(std::string_view text) const {
  Tokens tokens;
  split_at_white_space(text, tokens.views);
  return tokens;
}

Tokens Mteval13aTokenizer::tokenize(std::string_view text) const {
  Tokens tokens;
  split_at_white_space(tokens.owned.emplace_back(mteval_13a(text)), tokens.views);
  return tokens;
}

}  // namespace cupel::metrics
