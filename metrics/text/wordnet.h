/// WordNet 3.0's own database files, read in place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::metrics {

/// How suffixes are taken off a word that the exception lists do not know.
enum class Morphy : std::uint8_t {
  kOnce,        ///< each rule once (NLTK from 3.9)
  kUntilFound,  ///< again on their own results until a form is found (NLTK up to 3.8)
};

/// {index,data}.{noun,verb,adj,adv} and {noun,verb,adj,adv}.exc (format: wndb(5WN)), mapped into
/// memory and searched there: opening reads next to nothing. Thread-safe.
class WordNet {
 public:
  /// Throws Error{kCapability} when a file is missing or cannot be mapped.
  explicit WordNet(const std::filesystem::path& folder);
  ~WordNet();
  WordNet(const WordNet&) = delete;
  WordNet& operator=(const WordNet&) = delete;

  /// The names without '_' of all lemmas of all synsets of `word` in any part of speech, sorted and
  /// distinct: NLTK's wordnet.synsets(word) and their lemma_names(). Empty for an unknown word. The
  /// views point into the mapped files. Throws Error{kUsage} when the files are damaged.
  [[nodiscard]] std::vector<std::string_view> single_word_names(std::string_view word,
                                                                Morphy morphy) const;

  /// SHA-256 over all the files, their names and sizes; computed on the first call (it reads
  /// 27 MB).
  [[nodiscard]] const std::string& digest() const;

 private:
  struct Files;
  std::unique_ptr<Files> files_;
};

}  // namespace cupel::metrics
