/// Recall@k, mean reciprocal rank, mean and median rank over queries whose targets may be tied.
/// Recall is a fraction and ranks start at 1, as MedianR and MeanR of Atomas do.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"
#include "metrics/retrieval/rank.h"

namespace cupel::metrics {

/// A metric over the ranks of targets.
class RankMetric : public virtual Metric {
 public:
  /// {"" = what the query adds, "n" = its weight, "better", "equal", "finite"}. The first two make
  /// the score under the metric's own tie rule, the last three under any other (stored_rank).
  [[nodiscard]] std::vector<std::string> statistics() const override {
    return {"", "n", "better", "equal", "finite"};
  }
  [[nodiscard]] std::size_t counted(const StatisticTable& rows) const override;
  /// Writes statistics().size() numbers.
  virtual void measure(const TieRank& rank, std::span<double> out) const = 0;
};

/// The share of queries whose target is among the first k. k is at least 1 (std::invalid_argument).
[[nodiscard]] std::unique_ptr<RankMetric> make_recall(std::size_t k, TieRule rule);
[[nodiscard]] std::unique_ptr<RankMetric> make_mrr(TieRule rule);
[[nodiscard]] std::unique_ptr<RankMetric> make_mean_rank(TieRule rule);
/// The median of the queries' ranks (under kExpected: of their expected ranks, which may end in .5;
/// under kAtomas: of all tied positions). Of an even number, the mean of the middle two. Not
/// additive.
[[nodiscard]] std::unique_ptr<RankMetric> make_median_rank(TieRule rule);

/// One row a query.
[[nodiscard]] StatisticTable measure_ranks(const RankMetric& metric,
                                           std::span<const TieRank> ranks);

/// The rank that a row of any RankMetric was made from; `candidates` is not stored and stays 0.
[[nodiscard]] TieRank stored_rank(std::span<const double> row);

}  // namespace cupel::metrics
