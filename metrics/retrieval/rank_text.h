/// Ranks as the one line of JSON that a store keeps as the prediction of a ranking example:
///   {"ranks":[{"better":3,"candidates":3000,"equal":0,"finite":true}],"top":[{"row":17,"score":0.83}]}
/// `ranks` has one entry for full retrieval, and one for each number of candidates of
/// T-choose-one; `top`, for people, may be absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/retrieval/rank.h"

namespace cupel::metrics {

/// A candidate and what it scored.
struct ScoredRow {
  std::uint32_t row = 0;  ///< of the gallery
  float score = 0.0F;
  bool operator==(const ScoredRow&) const = default;
};

/// The best `count` of the candidates by falling score, the lower row first where scores are equal;
/// NaN is the lowest of all.
[[nodiscard]] std::vector<ScoredRow> best_rows(std::span<const float> scores, std::size_t count);

/// Scores are the shortest decimals that read back to the same float; one that is not finite is
/// null.
[[nodiscard]] std::string write_ranks(std::span<const TieRank> ranks,
                                      std::span<const ScoredRow> top);

/// What write_ranks wrote, or what is wrong with it and at which byte. Strict: the keys in this
/// order, no white space, at least one rank, and fewer better and equal candidates than candidates.
[[nodiscard]] std::expected<std::vector<TieRank>, std::string> read_ranks(std::string_view text);

}  // namespace cupel::metrics
