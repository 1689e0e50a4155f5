/// How a text is cut into the tokens that BLEU and METEOR compare.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace cupel {

/// The tokens of one text. A view points into the tokenizer's vocabulary, into the text that was
/// cut, or into `owned` (a list: growth moves nothing, and an empty one allocates nothing); it
/// lives as long as all three.
struct Tokens {
  std::vector<std::string_view> views;
  std::list<std::string> owned;
};

/// Thread-safe after construction.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  /// The name used in protocols and signatures: "characters", "scibert", "t5", "13a",
  /// "white-space".
  [[nodiscard]] virtual std::string id() const = 0;
  /// SHA-256 of the vocabulary file, or empty for a tokenizer without one.
  [[nodiscard]] virtual std::string digest() const { return {}; }
  /// `text` must be well-formed UTF-8 and outlive the result.
  [[nodiscard]] virtual Tokens tokenize(std::string_view text) const = 0;
  /// As tokenize(), of a text cut after its first `limit` tokens (0: not cut). A tokenizer that
  /// drops some of its tokens counts them too, because the reference implementations cut before
  /// they drop.
  [[nodiscard]] virtual Tokens tokenize_first(std::string_view text, std::size_t limit) const {
    Tokens tokens = tokenize(text);
    if (limit > 0 && tokens.views.size() > limit) tokens.views.resize(limit);
    return tokens;
  }
};

}  // namespace cupel
