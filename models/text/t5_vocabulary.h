/// T5's token ids: what a T5 model reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/text/sentencepiece_tokenizer.h"

namespace cupel {

/// Equals T5TokenizerFast(model, extra_ids=sentinels) of transformers 4.46.3 (tokenizers 0.20.3).
/// Ids are the model's pieces, then the sentinels: <extra_id_0> is the last. Special tokens that a
/// text spells out become their ids. A run of characters without a piece is one kUnknown, and a
/// decoded text lacks it: with T5's own vocabulary that is what happens to \ < ^ ` { } ~.
///
/// Known differences, none of them in a text of the data sets: of a combining mark or joiner after
/// a character that the normaliser rewrites, that tokenizer loses one of the two (it looks up whole
/// grapheme clusters of up to five bytes), and it drops U+0085 at an end.
/// Thread-safe after construction.
class T5Vocabulary {
 public:
  /// Ids, and the bytes of the text that each stands for.
  struct Located {
    std::vector<std::int32_t> ids;
    std::vector<TextRange> ranges;  ///< as tokenize_trimmed() gives them; of kEos empty
  };

  static constexpr std::int32_t kPad = 0;
  static constexpr std::int32_t kEos = 1;
  static constexpr std::int32_t kUnknown = 2;

  /// Throws as SentencePieceTokenizer does, and Error{kUsage} when the model's first three pieces
  /// are not <pad>, </s>, <unk>. Models of ours (unigram_training.h) have no sentinels.
  T5Vocabulary(const std::filesystem::path& module, std::string_view model,
               std::size_t sentinels = SentencePieceTokenizer::kSentinels);

  /// `text` must be well-formed UTF-8. kEos stands at the end; nothing is cut off.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;
  /// As encode(), of at most `max_length` ids, the last of them kEos. `max_length` is 1 or more.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text,
                                                 std::size_t max_length) const;
  /// The same with ranges.
  [[nodiscard]] Located encode_located(std::string_view text, std::size_t max_length) const;
  /// As decode(ids, skip_special_tokens=True). Special tokens, sentinels and ids outside of the
  /// vocabulary (a model may have more rows than the vocabulary) leave nothing behind. Spaces
  /// before punctuation stay: this version's default for clean_up_tokenization_spaces is False.
  [[nodiscard]] std::string decode(std::span<const std::int32_t> ids) const;
  /// How many ids of encode(text) are kUnknown.
  [[nodiscard]] std::size_t unknowns(std::string_view text) const;

  /// Number of ids, sentinels included.
  [[nodiscard]] std::size_t size() const { return tokenizer_.pieces().size(); }
  /// SHA-256 of the model's bytes.
  [[nodiscard]] std::string digest() const { return tokenizer_.digest(); }

 private:
  [[nodiscard]] bool is_special(std::int32_t id) const;
  [[nodiscard]] std::vector<std::int32_t> ids_of(const Tokens& tokens) const;

  SentencePieceTokenizer tokenizer_;
  std::size_t sentinels_;
  std::unordered_map<std::string_view, std::int32_t> ids_;  // of the tokenizer's pieces
};

}  // namespace cupel
