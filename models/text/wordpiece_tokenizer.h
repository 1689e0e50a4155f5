/// BERT's word pieces (Wu et al. 2016; Devlin et al. 2019): SciBERT's, as MolT5's evaluation counts
/// captions, and as models of texts read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/tokenizer.h"

namespace cupel {

/// Equals BertTokenizerFast(vocab, do_lower_case=True).tokenize(text), of transformers 4.17 and
/// tokenizers 0.13, less the tokens [PAD], [CLS] and [SEP]: the literal special tokens are cut out
/// first; the rest is normalised (see bert_normalizer.h), split at white space and around each
/// punctuation character, and each word is covered by its greedy longest pieces, or is one [UNK] if
/// that fails or the word has more than 100 code points.
class WordPieceTokenizer final : public Tokenizer {
 public:
  /// `vocabulary` is the file's bytes, a token a line; `id` names it in protocols ("scibert").
  /// Throws Error{kUsage}: empty, not UTF-8, no [UNK], a token twice.
  WordPieceTokenizer(std::string id, std::string vocabulary);
  ~WordPieceTokenizer() override;

  [[nodiscard]] std::string id() const override { return id_; }
  [[nodiscard]] std::string digest() const override { return digest_; }
  /// The views point into this tokenizer.
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;
  [[nodiscard]] Tokens tokenize_first(std::string_view text, std::size_t limit) const override;

  /// What a model reads: the ids of [CLS], the pieces, [SEP]; at most `max_length`, which is 2 or
  /// more. Equals BertTokenizerFast(vocab)(text, truncation=True, max_length=max_length).input_ids:
  /// special tokens that the text spells out are ids, too. Throws Error{kUsage} for a vocabulary
  /// that lacks a special token that is needed.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text,
                                                 std::size_t max_length) const;

  /// The id of a token: its 0-based line in the vocabulary.
  [[nodiscard]] std::optional<std::uint32_t> line_of(std::string_view token) const;

 private:
  class Vocabulary;
  class Cutter;

  std::string id_;
  std::string digest_;
  std::unique_ptr<const Vocabulary> vocabulary_;
};

}  // namespace cupel
