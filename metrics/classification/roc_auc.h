/// Area under the ROC curve.
#pragma once

#include "metrics/classification/label_metric.h"

namespace cupel::metrics {

/// P(logit of a positive > logit of a negative) + ½ P(equal): sklearn.metrics.roc_auc_score, and
/// the mean over tasks of MoleculeSTM's eval_classification.
class RocAuc final : public LabelMetric {
 public:
  using LabelMetric::LabelMetric;

 private:
  [[nodiscard]] double score_groups(std::span<const Group> groups, std::uint64_t positives,
                                    std::uint64_t negatives) const override;
};

}  // namespace cupel::metrics
