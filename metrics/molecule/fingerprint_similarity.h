/// Mean Tanimoto similarity between predicted and reference molecule.
#pragma once

#include <cstddef>
#include <memory>

#include "harness/chem/fingerprint.h"
#include "metrics/choices.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// MolT5's fingerprint_metrics.py. Choices: `invalid`, `invalid-similarity`.
/// A row counts when both sides are valid. Where the prediction alone is invalid, `left-out` drops
/// the row and `zero` counts it as 0; a row whose reference is invalid never counts, since there is
/// nothing to be similar to.
[[nodiscard]] std::unique_ptr<PairMetric> make_maccs(const Choices& choices);
[[nodiscard]] std::unique_ptr<PairMetric> make_rdk(const Choices& choices);

/// The same over Morgan fingerprints. Further choices: `morgan-radius`, `morgan-bits`,
/// `morgan-chirality`; the cache of the pairs must be made with morgan_cache_options() of the same
/// choices. Throws Error{kUsage} for a radius outside 0…16 or bits outside
/// 0…2^20.
[[nodiscard]] std::unique_ptr<PairMetric> make_morgan(const Choices& choices);

struct MorganCacheOptions {
  chem::MorganOptions morgan;
  std::size_t bits = 0;
};

/// What to give to MoleculeCache. Throws as make_morgan().
[[nodiscard]] MorganCacheOptions morgan_cache_options(const Choices& choices);

}  // namespace cupel::metrics
