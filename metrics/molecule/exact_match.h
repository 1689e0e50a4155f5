/// The share of predictions that are the reference molecule.
#pragma once

#include <memory>

#include "metrics/choices.h"
#include "metrics/metric.h"

namespace cupel::metrics {

/// 1 or 0 for every row. Choices: `exact`, `empty-inchi`, `invalid`.
///   string               equal strings; nothing is parsed (MolT5 until 2022-10-06)
///   canonical            equal canonical SMILES
///   canonical-no-stereo  the same without stereo marks
///   inchi                equal standard InChIs (MolT5 since 2022-10-06); two molecules that InChI
///                        cannot treat have the same empty InChI, and `empty-inchi` says whether
///                        that makes them equal
/// Except under `string`, a row of which either side is invalid is not exact.
/// Throws Error{kCapability} for `inchi` in a build without InChI.
[[nodiscard]] std::unique_ptr<PairMetric> make_exact(const Choices& choices);

}  // namespace cupel::metrics
