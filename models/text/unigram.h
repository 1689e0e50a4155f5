/// The most probable segmentation of a word under a unigram model (Kudo 2018), in the arithmetic of
/// Hugging Face's tokenizers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cupel {

/// Equals the Unigram model of tokenizers 0.13.3: scores add up in double precision from the word's
/// start, the earliest of equally good segmentations wins, an unknown character costs 10 more than
/// the least probable piece, and neighbouring unknown characters are one piece. Thread-safe after
/// construction. (libsentencepiece adds floats over the whole text, and versions of it differ in
/// ties.)
class Unigram {
 public:
  struct Piece {
    std::string text;
    float score = 0.0F;  ///< logarithm of its probability
  };

  /// Empty pieces are left out; of equal ones the last counts.
  explicit Unigram(const std::vector<Piece>& pieces);

  /// Appends the pieces of `word` (well-formed UTF-8), views into it.
  void cut(std::string_view word, std::vector<std::string_view>& out) const;

 private:
  struct Edge {
    std::uint64_t key = 0;  // node · 256 + byte + 1; 0 is free
    std::uint32_t node = 0;
  };
  struct Best;

  [[nodiscard]] std::size_t slot(std::uint32_t node, char byte) const;
  void add(std::string_view text, double score);
  [[nodiscard]] std::vector<Best> best_paths(std::string_view word) const;

  std::vector<Edge> edges_;     // of the trie of all pieces, by open addressing
  std::vector<double> scores_;  // by node; NaN where no piece ends
  double unknown_score_ = 0.0;
};

}  // namespace cupel
