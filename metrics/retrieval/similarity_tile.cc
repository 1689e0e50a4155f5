#include "metrics/retrieval/similarity_tile.h"

// Wider registers where the processor has them; the sums are the same, because the compiler may
// neither reorder them nor fuse a multiplication into an addition (-ffp-contract=off).
// Sanitizers cannot run before the resolvers that these versions need.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CUPEL_PROCESSOR_VERSIONS \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CUPEL_PROCESSOR_VERSIONS
#endif

namespace cupel::metrics {

CUPEL_PROCESSOR_VERSIONS
void similarity_tile(const std::array<const float*, kTileRows>& rows, const float* panel,
                     std::size_t dimension, std::size_t stride, float* out) {
  float sums[kTileRows][kTileColumns] = {};
  const float* const* row = rows.data();
  for (std::size_t k = 0; k < dimension; ++k) {
    const float* column = panel + k * kTileColumns;
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const float value = row[r][k];
      for (std::size_t c = 0; c < kTileColumns; ++c) sums[r][c] += value * column[c];
    }
  }
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t c = 0; c < kTileColumns; ++c) out[r * stride + c] = sums[r][c];
  }
}

}  // namespace cupel::metrics
