/// ROUGE, Lin 2004, as google-research's rouge_score (0.0.4 to 0.1.2) computes it without stemming.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "harness/core/tokenizer.h"
#include "metrics/metric.h"

namespace cupel::metrics {

enum class RougeKind : std::uint8_t {
  kUnigrams,         ///< rouge-1
  kBigrams,          ///< rouge-2
  kLongestSequence,  ///< rouge-l: one common subsequence of the whole texts, no sentences
};

/// Mean F measure over the raw texts, whatever tokenizer the protocol has. A row without any word
/// counts with 0.
[[nodiscard]] std::unique_ptr<PairMetric> make_rouge(RougeKind kind);

/// The maximal runs of [a-z0-9] in Python's text.lower(). Only two characters outside ASCII reach
/// them: U+212A (Kelvin) becomes k, U+0130 becomes i and a combining dot, which splits. The views
/// point into `owned`.
[[nodiscard]] Tokens rouge_words(std::string_view text);

/// Length of the longest common subsequence; ids as of TokenPair. Bit-parallel (Hyyrö 2004):
/// |a|·⌈|b|/64⌉ steps.
[[nodiscard]] std::size_t longest_common_subsequence(std::span<const std::uint32_t> a,
                                                     std::span<const std::uint32_t> b);

}  // namespace cupel::metrics
