/// Edit distance of the strings as they stand.
#pragma once

#include <memory>

#include "metrics/choices.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// Insertions, deletions and substitutions (cost 1 each) of code points between prediction and
/// reference, mean over all rows, valid or not; equals MolT5's use of Levenshtein.distance.
/// No choice changes it.
[[nodiscard]] std::unique_ptr<PairMetric> make_levenshtein(const Choices& choices);

}  // namespace cupel::metrics
