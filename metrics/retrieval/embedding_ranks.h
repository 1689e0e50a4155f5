/// Ranks straight from embeddings, in both directions, without the similarity matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "metrics/retrieval/rank.h"

namespace cupel::metrics {

/// `rows` × `dimension` float32, row-major.
struct Embeddings {
  std::span<const float> values;
  std::size_t rows = 0;
  std::size_t dimension = 0;
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return values.subspan(i * dimension, dimension);
  }
};

/// Both have one entry a query.
struct PairRanks {
  std::vector<TieRank> forward;   ///< the query's target among all candidates
  std::vector<TieRank> backward;  ///< the query among all queries, seen from its target
};

/// Every similarity is one float32 sum over the dimensions, first to last, without fused
/// multiply-add: equal rows score equal, to the bit, wherever they stand and on whatever processor.
[[nodiscard]] float dot(std::span<const float> a, std::span<const float> b);

/// Divides every row by its Euclidean length, so that a dot product is a cosine. A row shorter than
/// 1e-12 is divided by 1e-12 (torch.nn.functional.normalize).
void normalize_rows(std::span<float> values, std::size_t dimension);

/// Ranks by dot product. `targets[i]` is the candidate that query i looks for; several queries may
/// share one. Memory: O(queries + candidates) and about 64 × dimension numbers a thread; the result
/// does not depend on `jobs` (0: all processors).
/// Throws std::invalid_argument when a size or a target does not fit.
[[nodiscard]] PairRanks rank_pairs(const Embeddings& queries, const Embeddings& candidates,
                                   std::span<const std::uint32_t> targets, unsigned jobs = 1);

}  // namespace cupel::metrics
