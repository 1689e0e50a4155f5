/// METEOR, Banerjee and Lavie 2005, as NLTK's meteor_score (3.6.5 to 3.9) computes it from one
/// reference's tokens: alpha 0.9, beta 3, gamma 0.5.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "metrics/metric.h"
#include "metrics/pair.h"
#include "metrics/text/lexicon.h"

namespace cupel::metrics {

/// How the tokens of a prediction were paired with those of its reference.
struct MeteorAlignment {
  std::array<std::size_t, 3> stages{};  ///< pairs by equal lower case, equal stem, synonym
  std::size_t matches = 0;              ///< their sum
  std::size_t chunks = 0;               ///< runs of pairs that are neighbours on both sides
  bool operator==(const MeteorAlignment&) const = default;
};

/// Each stage goes through the prediction from its last token to its first and takes the last free
/// token of the reference that fits. The third stage works on the stems that the second left, and
/// looks only for synonyms of the prediction's stem.
[[nodiscard]] MeteorAlignment align_for_meteor(const TokenPair& pair, const Lexicon& lexicon);

/// The mean over all rows; a row where nothing matches counts with 0. `wordnet` must outlive the
/// metric; without one it cannot measure (asserted), but still finishes sums.
[[nodiscard]] std::unique_ptr<PairMetric> make_meteor(const WordNet* wordnet, Morphy morphy);

}  // namespace cupel::metrics
