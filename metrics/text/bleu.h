/// Corpus BLEU, Papineni et al. 2002, as NLTK 3.x corpus_bleu computes it with one reference a row,
/// uniform weights and no smoothing function.
#pragma once

#include <cstddef>
#include <memory>

#include "metrics/metric.h"

namespace cupel::metrics {

/// Over the protocol's tokens, n-grams up to `order` (1 … kMaxOrder).
/// Statistics: matches-1 … matches-order, total-1 … total-order (at least 1 a row, as in NLTK),
/// prediction-length, reference-length. The score is 0 when no token matches at all; when only a
/// higher order has no match, its precision is the smallest normal double, so the score is tiny and
/// not 0.
[[nodiscard]] std::unique_ptr<PairMetric> make_bleu(std::size_t order);

}  // namespace cupel::metrics
