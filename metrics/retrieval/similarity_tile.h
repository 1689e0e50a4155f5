/// The inner loop of rank_pairs, in a file of its own because it is compiled for several
/// processors.
#pragma once

#include <array>
#include <cstddef>

namespace cupel::metrics {

inline constexpr std::size_t kTileRows = 4;
inline constexpr std::size_t kTileColumns = 32;

/// out[r][c] = Σ_k rows[r][k] · panel[k][c], summed from k = 0 on. `panel` is dimension ×
/// kTileColumns; `out` is kTileRows rows of `stride` numbers.
void similarity_tile(const std::array<const float*, kTileRows>& rows, const float* panel,
                     std::size_t dimension, std::size_t stride, float* out);

}  // namespace cupel::metrics
