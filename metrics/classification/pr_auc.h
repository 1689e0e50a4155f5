/// The two areas under the precision–recall curve that the literature calls PR-AUC.
#pragma once

#include "metrics/classification/label_metric.h"

namespace cupel::metrics {

/// Average precision, Σ (R_n − R_{n−1}) P_n over distinct logits:
/// sklearn.metrics.average_precision_score. This one is `pr-auc`: a constant scorer gets the share
/// of positives, which is chance level.
class AveragePrecision final : public LabelMetric {
 public:
  using LabelMetric::LabelMetric;

 private:
  [[nodiscard]] double score_groups(std::span<const Group> groups, std::uint64_t positives,
                                    std::uint64_t negatives) const override;
};

/// The trapezoids between the same points, from (recall 0, precision 1) on:
/// sklearn.metrics.auc(recall, precision) of precision_recall_curve, as OpenBioMed and Atomas'
/// utils/retrieval_metrics.py compute it. Straight lines do not connect
/// points of this curve (Davis and Goadrich, ICML 2006): a constant scorer gets
/// (1 + share of positives) / 2. For comparison with numbers that were made so.
class TrapezoidPrAuc final : public LabelMetric {
 public:
  using LabelMetric::LabelMetric;

 private:
  [[nodiscard]] double score_groups(std::span<const Group> groups, std::uint64_t positives,
                                    std::uint64_t negatives) const override;
};

}  // namespace cupel::metrics
