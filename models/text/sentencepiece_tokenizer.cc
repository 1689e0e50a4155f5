#include "models/text/sentencepiece_tokenizer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "harness/core/digest.h"

namespace cupel {
namespace {

constexpr std::string_view kSentinel = "<extra_id_";

std::string sentinel(std::size_t number) {
  return std::string(kSentinel) + std::to_string(number) + ">";
}

std::vector<Unigram::Piece> with_sentinels(std::vector<Unigram::Piece> pieces,
                                           std::size_t sentinels) {
  while (sentinels > 0) pieces.push_back({sentinel(--sentinels), 0.0F});
  return pieces;
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(const std::filesystem::path& module,
                                               std::string_view model, std::size_t sentinels)
    : model_(module, model),
      digest_(sha256_hex(model)),
      sentinels_(sentinels),
      pieces_(with_sentinels(model_.pieces(), sentinels)),
      unigram_(pieces_) {}

Tokens SentencePieceTokenizer::tokenize(std::string_view text) const {
  return cut(text, EndSpace::kPiece, nullptr);
}

Tokens SentencePieceTokenizer::tokenize_trimmed(std::string_view text,
                                                std::vector<TextRange>* ranges) const {
  return cut(text, EndSpace::kDropped, ranges);
}

Tokens SentencePieceTokenizer::cut(std::string_view text, EndSpace space,
                                   std::vector<TextRange>* ranges) const {
  Tokens tokens;
  const auto add = [&](std::string_view part) {
    if (ranges == nullptr)
      add_plain(part, space, tokens);
    else
      add_located(text, part, tokens, *ranges);
  };
  std::size_t start = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::size_t length = special_length(text.substr(at));
    if (length > 0) {
      add(text.substr(start, at - start));
      if (ranges != nullptr) ranges->push_back({.begin = at, .end = at + length});
      tokens.views.push_back(text.substr(at, length));
      start = at + length;
    }
    at += std::max<std::size_t>(length, 1);
  }
  add(text.substr(start));
  return tokens;
}

/// Bytes of the special token at the start of `text`, or 0.
std::size_t SentencePieceTokenizer::special_length(std::string_view text) const {
  static constexpr std::array<std::string_view, 3> kSpecial = {"</s>", "<pad>", "<unk>"};
  for (const std::string_view special : kSpecial) {
    if (text.starts_with(special)) return special.size();
  }
  if (!text.starts_with(kSentinel)) return 0;
  std::size_t number = sentinels_;
  std::from_chars(text.data() + kSentinel.size(), text.data() + text.size(), number);
  if (number >= sentinels_) return 0;
  const std::string whole = sentinel(number);  // no leading zeros, and closed
  return text.starts_with(whole) ? whole.size() : 0;
}

/// Once the normaliser has seen it.
bool SentencePieceTokenizer::ends_with_space(std::string_view text) const {
  const auto last = static_cast<unsigned char>(text.back());
  if (last > ' ' && last < 0x7F) return false;
  // Fenced, because the normaliser drops white space at the ends.
  return model_.normalized("|" + std::string(text) + "|").ends_with(std::string(kPieceSpace) + "|");
}

void SentencePieceTokenizer::add_plain(std::string_view text, EndSpace space,
                                       Tokens& tokens) const {
  if (text.empty()) return;
  add_pieces(tokens.owned.emplace_back(model_.normalized(text)), tokens);
  if (space == EndSpace::kPiece && ends_with_space(text)) tokens.views.push_back(kPieceSpace);
}

void SentencePieceTokenizer::add_pieces(std::string_view normal, Tokens& tokens) const {
  tokens.views.reserve(tokens.views.size() + normal.size() / 3);
  for (std::size_t at = 0; at < normal.size();) {  // each space starts a word
    const std::size_t end = std::min(normal.find(kPieceSpace, at + 1), normal.size());
    unigram_.cut(normal.substr(at, end - at), tokens.views);
    at = end;
  }
}

/// As add_plain(), without a piece for the space at the end.
void SentencePieceTokenizer::add_located(std::string_view whole, std::string_view part,
                                         Tokens& tokens, std::vector<TextRange>& ranges) const {
  if (part.empty()) return;
  std::vector<std::size_t> origins;
  const std::string_view normal = tokens.owned.emplace_back(model_.normalized(part, &origins));
  const std::size_t known = tokens.views.size();
  add_pieces(normal, tokens);
  const auto start = static_cast<std::size_t>(part.data() - whole.data());
  for (std::size_t i = known; i < tokens.views.size(); ++i) {
    const auto first = static_cast<std::size_t>(tokens.views[i].data() - normal.data());
    const std::size_t last = first + tokens.views[i].size();
    // The first space stands for nothing.
    const std::size_t begin = i == known ? std::min(kPieceSpace.size(), last) : first;
    std::size_t end = last;
    // Other bytes of the same character may be in the next token.
    if (begin < last)
      while (end < normal.size() && origins[end] <= origins[last - 1]) ++end;
    ranges.push_back({.begin = start + origins[begin],
                      .end = start + (begin < last ? origins[end] : origins[begin])});
  }
}

}  // namespace cupel
