/// The metrics of alignment: mean adjusted Rand index over examples.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "metrics/alignment/set_agreement.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// Statistics: {"" = the example's index, "n" = 1 or 0, "shuffled", "rotated"}, of pairs also
/// "rematched": the same index of the controls, from which `cupel audit alignment` tests whether
/// the score is more than chance. An answer that cannot be read counts with 0 everywhere; an
/// example without two sets on each side in the truth, or an answer without this level (from 1),
/// does not count.
[[nodiscard]] std::unique_ptr<PairMetric> make_ari(AlignedKind kind, std::size_t level);

}  // namespace cupel::metrics
