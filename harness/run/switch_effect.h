/// What a switch does to the metrics of one protocol, from stored statistics. For
/// harness/run/ablation.cc only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/ablation.h"
#include "results/store.h"

namespace cupel {

/// The runs of the reference and of a variant with one seed. The pointees outlive every use.
struct RunPair {
  std::optional<std::int64_t> seed;
  const results::Run* reference = nullptr;
  const results::Run* variant = nullptr;
};

/// What such a pair measured, under one long signature.
struct MeasuredPair {
  RunPair runs;
  results::Measurement reference;
  results::Measurement variant;
};

/// One metric of a protocol, and the row that it fills.
struct SwitchedMetric {
  results::StoredProtocol protocol;
  std::vector<MeasuredPair> pairs;  ///< not empty
  AblationRow* row = nullptr;
};

/// Fills scores, signatures, and effect or reason of every row, but for the adjusted p. With one
/// pair the interval is the paired bootstrap's, and p the larger of the bootstrap's and of
/// approximate randomization's: both are of the examples alone. With several see
/// metrics/significance/over_seeds.h. `order`: the positions of all examples, as they are
/// resampled. Throws Error{kIntegrity} like compare_runs.
void add_effects(results::Store& store, std::span<const SwitchedMetric> metrics,
                 const std::vector<std::uint32_t>& order, const ComparisonOptions& options);

}  // namespace cupel
