/// Which scores of two runs may be compared.
#pragma once

#include <string>
#include <vector>

#include "harness/core/comparison.h"
#include "results/store.h"

namespace cupel {

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
