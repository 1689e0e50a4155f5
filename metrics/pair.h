/// One example as the metrics of one protocol see it. What several metrics need (tokens, n-gram
/// overlap, words, molecules) is computed on first use and shared by all of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/tokenizer.h"
#include "metrics/alignment/set_agreement.h"

namespace cupel::metrics {

class MoleculeCache;
class MoleculeFacts;

inline constexpr std::size_t kMaxOrder = 4;

/// A token sequence of each side; equal tokens have equal numbers, within this pair only.
struct TokenPair {
  Tokens prediction;
  Tokens reference;
  std::vector<std::uint32_t> prediction_ids;
  std::vector<std::uint32_t> reference_ids;
};

/// Clipped n-gram counts of one pair, for n = 1 … kMaxOrder at index n − 1.
struct NgramOverlap {
  std::array<std::uint64_t, kMaxOrder>
      matches{};  ///< Σ min(count in prediction, count in reference)
  std::array<std::uint64_t, kMaxOrder>
      predictions{};  ///< n-grams of the prediction (0 if it is shorter than n)
  std::array<std::uint64_t, kMaxOrder> references{};  ///< n-grams of the reference
};

/// What all pairs of one run share. The pointees outlive the pairs.
struct PairContext {
  const Tokenizer* tokenizer = nullptr;  ///< for tokens() and ngrams()
  std::size_t max_tokens = 0;          ///< keep the first so many tokens of each side; 0 keeps all
  MoleculeCache* molecules = nullptr;  ///< for the molecule facets; thread-safe
};

/// Not thread-safe itself: one worker measures one pair with all metrics. Both texts outlive the
/// pair.
class Pair {
 public:
  Pair(std::string_view prediction, std::string_view reference, const PairContext& context)
      : prediction_(prediction), reference_(reference), context_(context) {}

  [[nodiscard]] std::string_view prediction() const { return prediction_; }
  [[nodiscard]] std::string_view reference() const { return reference_; }

  /// Under the protocol's tokenizer (asserted to be there).
  [[nodiscard]] const TokenPair& tokens() const;
  [[nodiscard]] const NgramOverlap& ngrams() const;
  /// rouge_score's words (see metrics/text/rouge.h) in place of tokens.
  [[nodiscard]] const TokenPair& words() const;

  [[nodiscard]] const MoleculeFacts& predicted_molecule() const;
  [[nodiscard]] const MoleculeFacts& reference_molecule() const;

  /// Of found sets with the true ones.
  [[nodiscard]] const SetAgreement& set_agreement() const;

 private:
  std::string_view prediction_;
  std::string_view reference_;
  const PairContext& context_;
  mutable std::optional<TokenPair> tokens_;
  mutable std::optional<NgramOverlap> ngrams_;
  mutable std::optional<TokenPair> words_;
  mutable const MoleculeFacts* predicted_molecule_ = nullptr;
  mutable const MoleculeFacts* reference_molecule_ = nullptr;
  mutable std::optional<SetAgreement> set_agreement_;
};

}  // namespace cupel::metrics
