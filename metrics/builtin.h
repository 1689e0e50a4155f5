/// Every metric that Cupel knows, in one list.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/registry.h"
#include "metrics/choices.h"
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
  enum class Family : std::uint8_t { kText, kMolecule, kRetrieval, kProperty, kDistribution };
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
};

[[nodiscard]] const Registry<MetricEntry>& metric_registry();

}  // namespace cupel::metrics
