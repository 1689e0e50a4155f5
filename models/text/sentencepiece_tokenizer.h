/// T5's pieces, by libsentencepiece in a module of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/tokenizer.h"
#include "models/text/sentencepiece_abi.h"
#include "models/text/unigram.h"

namespace cupel {

/// "t5": equals T5TokenizerFast.from_pretrained(…).tokenize(text) of transformers 4.30.0 (what
/// MolReGPT's evaluation runs). The literal special tokens </s>, <pad>, <unk> and <extra_id_0> …
/// <extra_id_99> are cut out first and stay one token; white space at the end of a part is a piece
/// of its own, as there, though sentencepiece alone drops it. Unknown characters keep their text.
/// The normaliser is libsentencepiece's, the segmentation that of unigram.h.
class SentencePieceTokenizer final : public Tokenizer {
 public:
  /// `module` is the shared library of models/text/sentencepiece_module.cc; `model` the bytes of a
  /// .model file. Throws Error{kCapability} when the module cannot be opened or has another
  /// version, Error{kUsage} when the model is broken. The module stays open until the process ends.
  SentencePieceTokenizer(const std::filesystem::path& module, std::string_view model);

  [[nodiscard]] std::string id() const override { return "t5"; }
  [[nodiscard]] std::string digest() const override { return digest_; }
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;

 private:
  [[nodiscard]] std::string normalized(std::string_view text) const;
  [[nodiscard]] bool ends_with_space(std::string_view text) const;
  void add_plain(std::string_view text, Tokens& tokens) const;

  const cupel_sentencepiece_api* api_;
  std::unique_ptr<cupel_sentencepiece_model, void (*)(cupel_sentencepiece_model*)> model_;
  std::string digest_;
  Unigram unigram_;
};

}  // namespace cupel
