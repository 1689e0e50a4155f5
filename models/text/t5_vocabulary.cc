#include "models/text/t5_vocabulary.h"

#include <algorithm>

#include "harness/core/error.h"

namespace cupel {
namespace {

void check_layout(const std::vector<Unigram::Piece>& pieces) {
  static constexpr std::string_view kFirst[] = {"<pad>", "</s>", "<unk>"};
  if (pieces.size() >= std::size(kFirst) &&
      std::ranges::equal(kFirst, std::span(pieces).first(std::size(kFirst)), {}, {},
                         &Unigram::Piece::text))
    return;
  throw Error(Code::kUsage,
              "the sentencepiece model does not begin with <pad>, </s>, <unk> as T5's does",
              "train it with pad_id=0, eos_id=1, unk_id=2, bos_id=-1");
}

}  // namespace

T5Vocabulary::T5Vocabulary(const std::filesystem::path& module, std::string_view model,
                           std::size_t sentinels)
    : tokenizer_(module, model, sentinels), sentinels_(sentinels) {
  const auto& pieces = tokenizer_.pieces();
  check_layout(pieces);
  ids_.reserve(pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id)
    ids_.insert_or_assign(pieces[id].text, static_cast<std::int32_t>(id));
}

std::vector<std::int32_t> T5Vocabulary::encode(std::string_view text) const {
  return ids_of(tokenizer_.tokenize_trimmed(text));
}

std::vector<std::int32_t> T5Vocabulary::ids_of(const Tokens& tokens) const {
  std::vector<std::int32_t> ids;
  ids.reserve(tokens.views.size() + 1);
  for (const std::string_view token : tokens.views) {
    const auto found = ids_.find(token);
    ids.push_back(found == ids_.end() ? kUnknown : found->second);
  }
  ids.push_back(kEos);
  return ids;
}

std::vector<std::int32_t> T5Vocabulary::encode(std::string_view text,
                                               std::size_t max_length) const {
  std::vector<std::int32_t> ids = encode(text);
  if (ids.size() > max_length) {
    ids.resize(max_length);
    ids.back() = kEos;
  }
  return ids;
}

T5Vocabulary::Located T5Vocabulary::encode_located(std::string_view text,
                                                   std::size_t max_length) const {
  Located located;
  located.ids = ids_of(tokenizer_.tokenize_trimmed(text, &located.ranges));
  located.ids.resize(std::min(located.ids.size(), max_length));
  located.ids.back() = kEos;
  located.ranges.resize(located.ids.size() - 1);
  located.ranges.emplace_back();
  return located;
}

/// Also of an id that the vocabulary lacks.
bool T5Vocabulary::is_special(std::int32_t id) const {
  return id <= kUnknown || static_cast<std::size_t>(id) >= size() - sentinels_;
}

std::string T5Vocabulary::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  bool first = true;
  for (const std::int32_t id : ids) {
    if (is_special(id)) continue;
    std::string_view piece = tokenizer_.pieces()[static_cast<std::size_t>(id)].text;
    for (std::size_t at = piece.find(kPieceSpace); at != std::string_view::npos;
         at = piece.find(kPieceSpace)) {
      text += piece.substr(0, at);
      if (!first) text += ' ';
      piece.remove_prefix(at + kPieceSpace.size());
    }
    text += piece;
    first = false;
  }
  return text;
}

std::size_t T5Vocabulary::unknowns(std::string_view text) const {
  return static_cast<std::size_t>(std::ranges::count(encode(text), kUnknown));
}

}  // namespace cupel
