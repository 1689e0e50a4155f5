/// How varied and how new a set of generated molecules is, by the rules of MOSES (Polykovskiy et
/// al. 2020) and GuacaMol (Brown et al. 2019).
///
/// A generated string is valid here when it parses and has at least one atom; the invalid ones are
/// left out before anything is counted. Order does not matter except for `first`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"

namespace cupel::metrics {

enum class Suite : std::uint8_t {
  kMoses,     ///< canonical SMILES with stereo marks
  kGuacamol,  ///< canonical SMILES without them
};

/// The canonical SMILES of the valid strings, in order, duplicates kept.
[[nodiscard]] std::vector<std::string> valid_canonical(std::span<const std::string> smiles,
                                                       Suite suite, unsigned jobs = 0);

/// Distinct molecules ÷ valid strings, over the first `first` valid ones (0: all; MOSES reports
/// 1,000 and 10,000). GuacaMol's own script divides by the number requested from the model instead:
/// multiply by the validity to get that. No value without a valid string.
[[nodiscard]] Value uniqueness(std::span<const std::string> generated, Suite suite,
                               std::size_t first = 0, unsigned jobs = 0);

/// Distinct generated molecules that are not in `known` ÷ distinct generated molecules. MOSES
/// compares with the training strings as they are written, so that a molecule written in another
/// way is new to it; GuacaMol makes both sides canonical, without stereo. No value without a valid
/// string.
[[nodiscard]] Value novelty(std::span<const std::string> generated,
                            std::span<const std::string> known, Suite suite, unsigned jobs = 0);

/// MOSES' IntDiv_p: 1 − mean over molecules of (mean over all molecules, itself included, of
/// Tanimoto^p)^(1/p); Morgan radius 2, 1,024 bits, over all valid strings with their duplicates.
/// MOSES sums in float32, this in float64: they agree to about 1e-7. No value without a valid
/// string. Throws Error{kUsage} when p < 1.
[[nodiscard]] Value internal_diversity(std::span<const std::string> generated, int p = 1,
                                       unsigned jobs = 0);

}  // namespace cupel::metrics
