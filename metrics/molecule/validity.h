/// The share of predictions that are molecules.
#pragma once

#include <memory>

#include "metrics/choices.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// 1 or 0 for every row. Choices: `invalid`, `validity-of` (prediction: that side alone; both: the
/// reference must be valid too, as in MolT5's mol_translation_metrics.py, where one `try` covers
/// both sides).
[[nodiscard]] std::unique_ptr<PairMetric> make_validity(const Choices& choices);

}  // namespace cupel::metrics
