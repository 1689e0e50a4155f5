/// The metrics, tokenizers and fingerprints that sets of choices ask for, each made once.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/tokenizer.h"
#include "harness/run/explain_space.h"
#include "harness/run/scoring.h"
#include "metrics/builtin.h"
#include "metrics/metric.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/protocol.h"
#include "metrics/text/wordnet.h"

namespace cupel {

/// How a pair of strings becomes statistics.
struct ExplainMeasure {
  const metrics::PairMetric* metric = nullptr;
  std::size_t columns = 0;               ///< of the metric's statistics
  const Tokenizer* tokenizer = nullptr;  ///< null where the metric knows no tokens
  std::size_t max_tokens = 0;
  std::size_t cache = 0;  ///< place in ExplainMeasures::caches()
};

class ExplainMeasures {
 public:
  ExplainMeasures(metrics::TaskProtocol task, std::string metric, ScoringFiles files);

  /// The protocol's choices with those that the combination changes.
  [[nodiscard]] metrics::Choices choices(const ExplainSpace& space,
                                         const Combination& chosen) const;

  /// The same measure for combinations that measure alike; it lives as long as this. Throws as
  /// Scorer does.
  [[nodiscard]] const ExplainMeasure& of(const ExplainSpace& space, const Combination& chosen);

  /// The molecule caches that measures ask for; the first one is for all but Morgan fingerprints.
  [[nodiscard]] std::span<const metrics::MorganCacheOptions> caches() const { return caches_; }

 private:
  std::size_t cache_of(const metrics::Choices& choices);
  void make(ExplainMeasure& measure, const metrics::MetricEntry& entry,
            const metrics::Choices& choices);

  metrics::TaskProtocol task_;
  std::string metric_;
  ScoringFiles files_;
  std::unique_ptr<metrics::WordNet> wordnet_;
  std::map<std::string, std::unique_ptr<Tokenizer>> tokenizers_;
  std::map<std::string, std::unique_ptr<metrics::PairMetric>> metrics_;
  std::map<std::string, std::size_t> cache_places_;
  std::vector<metrics::MorganCacheOptions> caches_;
  std::map<std::string, ExplainMeasure> measures_;  // by what changes the statistics of a pair
};

}  // namespace cupel
