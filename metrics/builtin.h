/// Every metric that Cupel knows, in one list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/registry.h"
#include "metrics/choices.h"
#include "metrics/classification/label_metric.h"
#include "metrics/metric.h"
#include "metrics/retrieval/retrieval_metrics.h"

namespace cupel::metrics {

class WordNet;

/// What metrics may need beside the choices, in order to measure; without it they can only finish
/// sums. The pointees outlive the metrics made from them.
struct MetricResources {
  const WordNet* wordnet = nullptr;
};

struct MetricEntry {
  enum class Family : std::uint8_t {
    kText,
    kMolecule,
    kRetrieval,
    kChoice,
    kProperty,
    kDistribution,
    kAlignment
  };
  std::string id;
  std::string summary;
  std::string reference;  ///< the implementation that it equals
  Family family = Family::kText;
  bool higher_is_better = true;
  std::vector<std::string> choices;  ///< the keys of metrics/choices.h that change its value
  /// Null for metrics that are not made from pairs.
  std::function<std::unique_ptr<PairMetric>(const Choices&, const MetricResources&)>
      make_pair_metric = nullptr;
  /// Null for metrics that are not made from ranks.
  std::function<std::unique_ptr<RankMetric>(const Choices&)> make_rank_metric = nullptr;
  /// The number of candidates whose ranks a metric of T-choose-one takes; 0 for all others.
  std::size_t candidates = 0;
  /// Null for metrics that are not made from labels. Takes the number of label columns.
  std::function<std::unique_ptr<LabelMetric>(const Choices&, std::size_t)> make_label_metric =
      nullptr;
};

[[nodiscard]] const Registry<MetricEntry>& metric_registry();

}  // namespace cupel::metrics
