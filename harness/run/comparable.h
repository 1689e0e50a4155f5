/// Which scores of two runs may be compared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/comparison.h"
#include "results/store.h"

namespace cupel {

/// Complete measurements of a run under one protocol with one metric, oldest first.
struct MetricScores {
  std::string protocol;
  std::string metric;
  std::vector<results::Measurement> measurements;
};

/// By protocol in the order of first use, then by metric in the same way. `protocols`: those of the
/// store, by key.
[[nodiscard]] std::vector<MetricScores> metric_scores(
    results::Store& store, const results::Run& run,
    const std::map<std::int64_t, results::StoredProtocol>& protocols);

/// The newest measurement of the baseline whose long signature a candidate's has too; nothing when
/// there is none.
[[nodiscard]] std::optional<std::pair<results::Measurement, results::Measurement>> newest_shared(
    const MetricScores& baseline, const MetricScores& candidate);

/// "rdkit is 2025.03.1 and 2024.09.6", for every field in which two long signatures differ.
[[nodiscard]] std::string differing_fields(const std::string& baseline,
                                           const std::string& candidate);

/// One metric that both runs were scored with, under the same long signature.
struct ComparableMetric {
  results::StoredProtocol protocol;  ///< the baseline's
  results::Measurement baseline;
  results::Measurement candidate;
};

struct Comparables {
  std::vector<ComparableMetric> metrics;  ///< not empty; those of one protocol are neighbours
  std::vector<std::string> differing;     ///< a sentence for each metric whose signatures differ
};

/// Throws like compare_runs.
[[nodiscard]] Comparables find_comparables(results::Store& store, const results::Run& baseline,
                                           const results::Run& candidate,
                                           const ComparisonOptions& options);

}  // namespace cupel
