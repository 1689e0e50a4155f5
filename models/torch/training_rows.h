/// The rows that a stage learns from, as token ids.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "models/plugin/plugin.h"
#include "models/torch/batches.h"
#include "models/torch/pair_training.h"
#include "models/torch/property_training.h"

namespace cupel::nn {

/// What a text or a SMILES becomes.
using Encode = std::function<Ids(std::string_view)>;

/// A share of the rows, at least one, drawn by the seed alone: every variant learns from the same
/// ones, and a smaller share is a part of a larger. All of them in their order from 1 on.
[[nodiscard]] std::vector<plugin::Sample> share_of(std::vector<plugin::Sample> rows, double share,
                                                   std::uint64_t seed);

[[nodiscard]] Pairs encoded_pairs(std::span<const plugin::Sample> rows, const Encode& encode);
[[nodiscard]] LabelledMolecules encoded_molecules(std::span<const plugin::Sample> rows,
                                                  const Encode& encode);

}  // namespace cupel::nn
