/// Do found sets agree with the truth by more than chance? From what the store holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "results/store.h"

namespace cupel {

/// One score of alignment beside one of its controls.
struct ControlledScore {
  std::string control;  ///< "shuffled", "rotated", "rematched" (metrics/alignment/controls.h)
  double value = 0.0;
  double chance = 0.0;  ///< the same score of the control
  double p = 1.0;       ///< one-sided, of value > chance; each example is its own pair
  std::size_t n = 0;    ///< examples that count
};

struct ControlOptions {
  std::size_t trials = 10'000;
  std::uint64_t seed = 1;
};

/// One for each control of the metric; empty for metrics without controls, and where no example
/// counts. Throws Error{kIntegrity} like Store::statistics.
[[nodiscard]] std::vector<ControlledScore> controlled_scores(
    results::Store& store, const results::Run& run, const results::Measurement& measurement,
    const ControlOptions& options);

}  // namespace cupel
