/// T5's pieces, by libsentencepiece in a module of its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/tokenizer.h"
#include "models/text/sentencepiece_model.h"
#include "models/text/unigram.h"

namespace cupel {

/// Bytes of a text: [begin, end).
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const TextRange&) const = default;
};

/// "t5": equals T5TokenizerFast.from_pretrained(…).tokenize(text) of transformers 4.30.0 (what
/// MolReGPT's evaluation runs). The literal special tokens </s>, <pad>, <unk> and <extra_id_0> …
/// <extra_id_99> are cut out first and stay one token; white space at the end of a part is a piece
/// of its own, as there, though sentencepiece alone drops it. Unknown characters keep their text.
/// The normaliser is libsentencepiece's, the segmentation that of unigram.h.
class SentencePieceTokenizer final : public Tokenizer {
 public:
  /// The numbers of T5's <extra_id_…> end before this one.
  static constexpr std::size_t kSentinels = 100;

  /// `module` is the shared library of models/text/sentencepiece_module.cc; `model` the bytes of a
  /// .model file. Throws as SentencePieceModel does.
  SentencePieceTokenizer(const std::filesystem::path& module, std::string_view model,
                         std::size_t sentinels = kSentinels);

  [[nodiscard]] std::string id() const override { return "t5"; }
  [[nodiscard]] std::string digest() const override { return digest_; }
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;
  /// As tokenize(), without the pieces for white space at the ends of parts: what transformers
  /// 4.46.3 does. `ranges` gets one a token: the bytes of the characters that it stands for, with
  /// the white space before them. Two tokens of one character (℃ is ° and C) have the same; the
  /// space that is put before a text has none.
  [[nodiscard]] Tokens tokenize_trimmed(std::string_view text,
                                        std::vector<TextRange>* ranges = nullptr) const;

  /// The whole vocabulary by id: the model's pieces, then the sentinels, the last of them first.
  [[nodiscard]] const std::vector<Unigram::Piece>& pieces() const { return pieces_; }

 private:
  enum class EndSpace : bool { kDropped, kPiece };

  [[nodiscard]] std::size_t special_length(std::string_view text) const;
  [[nodiscard]] bool ends_with_space(std::string_view text) const;
  void add_plain(std::string_view text, EndSpace space, Tokens& tokens) const;
  void add_located(std::string_view whole, std::string_view part, Tokens& tokens,
                   std::vector<TextRange>& ranges) const;
  void add_pieces(std::string_view normal, Tokens& tokens) const;
  [[nodiscard]] Tokens cut(std::string_view text, EndSpace space,
                           std::vector<TextRange>* ranges) const;

  SentencePieceModel model_;
  std::string digest_;
  std::size_t sentinels_;
  std::vector<Unigram::Piece> pieces_;
  Unigram unigram_;
};

}  // namespace cupel
