/// Clipped n-gram counts, the numerators of BLEU and ROUGE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "metrics/pair.h"

namespace cupel::metrics {

/// Counts orders 1 … `orders` (at most kMaxOrder). Equal tokens have equal ids; ids are dense
/// (below the number of tokens of both sides). Exact: n-grams are numbered, never hashed lossily.
[[nodiscard]] NgramOverlap count_overlap(std::span<const std::uint32_t> prediction,
                                         std::span<const std::uint32_t> reference,
                                         std::size_t orders);

}  // namespace cupel::metrics
