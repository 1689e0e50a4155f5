/// Tokenizers without a vocabulary.
#pragma once

#include <string>
#include <string_view>

#include "harness/core/tokenizer.h"

namespace cupel::metrics {

/// "characters": one token a code point, as Python's list(text).
class CharacterTokenizer final : public Tokenizer {
 public:
  [[nodiscard]] std::string id() const override { return "characters"; }
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;
};

/// "white-space": Python's text.split().
class WhiteSpaceTokenizer final : public Tokenizer {
 public:
  [[nodiscard]] std::string id() const override { return "white-space"; }
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;
};

/// "13a": sacreBLEU's default, mteval-v13a without its XML parts.
class Mteval13aTokenizer final : public Tokenizer {
 public:
  [[nodiscard]] std::string id() const override { return "13a"; }
  [[nodiscard]] Tokens tokenize(std::string_view text) const override;
};

}  // namespace cupel::metrics
