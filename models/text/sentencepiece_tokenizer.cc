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
  return cut(text, EndSpace::kPiece);
}

Tokens SentencePieceTokenizer::tokenize_trimmed(std::string_view text) const {
  return cut(text, EndSpace::kDropped);
}

Tokens SentencePieceTokenizer::cut(std::string_view text, EndSpace space) const {
  Tokens tokens;
  std::size_t start = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::size_t length = special_length(text.substr(at));
    if (length > 0) {
      add_plain(text.substr(start, at - start), space, tokens);
      tokens.views.push_back(text.substr(at, length));
      start = at + length;
    }
    at += std::max<std::size_t>(length, 1);
  }
  add_plain(text.substr(start), space, tokens);
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
  const std::string_view rest = tokens.owned.emplace_back(model_.normalized(text));
  tokens.views.reserve(tokens.views.size() + rest.size() / 3);
  for (std::size_t at = 0; at < rest.size();) {  // each space starts a word
    const std::size_t end = std::min(rest.find(kPieceSpace, at + 1), rest.size());
    unigram_.cut(rest.substr(at, end - at), tokens.views);
    at = end;
  }
  if (space == EndSpace::kPiece && ends_with_space(text)) tokens.views.push_back(kPieceSpace);
}

}  // namespace cupel
