/// Okapi BM25 over short texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cupel::models {

struct Bm25Options {
  double k1 = 1.2;
  double b = 0.75;
};

/// An inverted index of words: runs of ASCII letters and digits, lower-cased; every other byte ends
/// a word. Thread-safe to read.
///
/// The score of a text D for a query is the sum over the query's words, repeated ones repeatedly,
/// of Robertson's and Spärck Jones's weight as Lucene has it (Kamphuis et al. 2020, "Which BM25 do
/// you mean?", table 1, "Lucene (accurate)"; bm25s method "lucene"):
///     ln(1 + (N − n + ½) / (n + ½)) · f / (f + k1 · (1 − b + b · |D| / mean |D|))
/// with N texts, n of them with the word, f times in D, |D| words in D. Lucene's, because its first
/// factor is never negative: descriptions share words that are in more than half of them.
class Bm25Index {
 public:
  Bm25Index() = default;
  Bm25Index(std::span<const std::string_view> texts, const Bm25Options& options);

  [[nodiscard]] std::size_t size() const { return size_; }

  /// One a text; 0 for texts that have none of the query's words.
  [[nodiscard]] std::vector<double> scores(std::string_view query) const;

  /// The first of the texts with the best score; nothing when no score is above 0.
  [[nodiscard]] std::optional<std::size_t> best(std::string_view query) const;

 private:
  using Posting = std::pair<std::uint32_t, double>;  // text, its part of the score
  std::size_t size_ = 0;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
};

/// The words of a text, as the index counts them.
[[nodiscard]] std::vector<std::string> bm25_words(std::string_view text);

}  // namespace cupel::models
