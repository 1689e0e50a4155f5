/// What METEOR knows of words, computed once for all pairs.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/text/wordnet.h"

namespace cupel::metrics {

/// Words, their Porter stems and the synonyms of those. Equal words are one object, so pointers
/// compare. Thread-safe without locks: words are only ever added.
class Lexicon {
 public:
  struct Word;

  /// Sorted by address.
  struct Synonyms {
    std::vector<const Word*> words;
    std::uint64_t filter = 0;  ///< the bits of all words
    [[nodiscard]] bool contain(const Word& word) const;
  };

  /// `wordnet` must outlive this.
  Lexicon(const WordNet& wordnet, Morphy morphy);
  ~Lexicon();
  Lexicon(const Lexicon&) = delete;
  Lexicon& operator=(const Lexicon&) = delete;

  [[nodiscard]] const Word& word(std::string_view text) const;
  /// porter_stem() of a word.
  [[nodiscard]] const Word& stem(const Word& word) const;
  /// WordNet::single_word_names() of a word (of a stem, in METEOR).
  [[nodiscard]] const Synonyms& synonyms(const Word& word) const;

 private:
  static constexpr std::size_t kBuckets = std::size_t{1} << 14U;

  const WordNet& wordnet_;
  Morphy morphy_;
  std::unique_ptr<std::array<std::atomic<Word*>, kBuckets>> buckets_;
};

struct Lexicon::Word {
  std::string text;
  std::uint64_t hash = 0;  ///< hash_text(text)
  std::uint64_t bit = 0;   ///< for Synonyms::filter
  Word* next = nullptr;    ///< in its bucket
  mutable std::atomic<const Word*> stem = nullptr;
  mutable std::atomic<const Synonyms*> synonyms = nullptr;
};

}  // namespace cupel::metrics
