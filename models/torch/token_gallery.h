/// Retrieval by the token interaction: many examples of one modality against many of the other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/token_interaction.h"

namespace cupel::nn {

/// Some of many examples, and the place of each among all.
struct PackedBlock {
  PackedSide side;
  std::vector<std::int64_t> places;
};

/// The same examples in fewer blocks: neighbours are joined up to `examples` and `tokens`.
[[nodiscard]] std::vector<PackedBlock> joined(std::vector<PackedBlock> blocks,
                                              std::int64_t examples = 256,
                                              std::int64_t tokens = 16'384);

/// The token interaction of all pairs, float [queries, gallery], on the CPU. Each block of queries
/// meets each block of the gallery, so that no more than what two blocks make is held. `check` is
/// called before each meeting, and may throw.
[[nodiscard]] at::Tensor interactions(std::span<const PackedBlock> queries,
                                      std::span<const PackedBlock> gallery,
                                      const std::function<void()>& check);

}  // namespace cupel::nn
