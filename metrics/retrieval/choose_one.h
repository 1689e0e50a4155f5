/// T-choose-one accuracy: a query picks its partner among T candidates (MoleculeSTM, Liu et al.
/// 2023, scripts/downstream_01_retrieval_*.py; FineMolTex).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "metrics/retrieval/embedding_ranks.h"
#include "metrics/retrieval/retrieval_metrics.h"

namespace cupel::metrics {

/// accuracy@T over rows whose TieRank has T candidates. A tie for the first place counts under
/// kOptimistic as right (MoleculeSTM puts the partner first and takes the first maximum), under
/// kExpected as the chance of a random pick (FineMolTex shuffles), under kPessimistic as wrong.
/// kAtomas has no meaning here (std::invalid_argument).
class ChooseOne final : public RankMetric, public AdditiveMetric {
 public:
  explicit ChooseOne(TieRule rule);
  /// {"" = correctness of the row, "n" = its weight, "better", "equal", "finite", "weighted"}.
  [[nodiscard]] std::vector<std::string> statistics() const override;
  [[nodiscard]] std::size_t counted(const StatisticTable& rows) const override {
    return rows.rows();
  }
  /// With weight 1.
  void measure(const TieRank& rank, std::span<double> out) const override;
  /// Σ weighted / Σ weight.
  [[nodiscard]] Value finish(std::span<const double> sum) const override;

 private:
  TieRule rule_;
};

/// The rows of a table as a part of all examples.
struct TablePart {
  std::size_t first = 0;  ///< the place of its first row
  std::size_t all = 0;    ///< examples
};

/// Makes the score of a table of ChooseOne the mean over consecutive batches of the batch accuracy,
/// as both reference scripts compute it: each row's weight becomes 1 / (rows of its batch), so the
/// rows of a smaller last batch weigh more. A resample keeps the weights of the rows that it draws.
/// `batch_size` 0 restores the plain mean.
void weigh_by_batch(StatisticTable& rows, std::size_t batch_size, TablePart part);

/// Row i chooses among its partner, candidate i, and the first `choices` − 1 of its negatives.
/// `negatives` is queries.rows × negatives_per_row, row-major candidate indices. Embeddings are
/// compared by dot product: normalize_rows first for the cosine of the reference.
/// Throws std::invalid_argument when a size or an index does not fit.
[[nodiscard]] std::vector<TieRank> choose_one_ranks(const Embeddings& queries,
                                                    const Embeddings& candidates,
                                                    std::span<const std::uint32_t> negatives,
                                                    std::size_t negatives_per_row,
                                                    std::size_t choices);

}  // namespace cupel::metrics
