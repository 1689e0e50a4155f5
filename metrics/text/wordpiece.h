/// BERT's word pieces (Wu et al. 2016; Devlin et al. 2019), as MolT5's evaluation uses them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/tokenizer.h"

namespace cupel::metrics {

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

  /// The 0-based line of a token in the vocabulary.
  [[nodiscard]] std::optional<std::uint32_t> line_of(std::string_view token) const;

 private:
  class Vocabulary;
  class Cutter;

  std::string id_;
  std::string digest_;
  std::unique_ptr<const Vocabulary> vocabulary_;
};

}  // namespace cupel::metrics
