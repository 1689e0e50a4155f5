#include "metrics/retrieval/similarity_tile.h"

#include <array>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "metrics/retrieval/embedding_ranks.h"

using cupel::metrics::kTileColumns;
using cupel::metrics::kTileRows;

TEST_CASE("A tile has the bits of one dot product at a time, in order") {
  constexpr std::size_t kDimension = 257;
  std::mt19937 random(1);
  const auto numbers = [&](std::size_t n) {
    std::vector<float> all(n);
    for (float& x : all) x = static_cast<float>(random()) * 0x1p-31F - 1.0F;
    return all;
  };
  const std::vector<float> rows = numbers(kTileRows * kDimension);
  const std::vector<float> panel = numbers(kTileColumns * kDimension);
  std::array<const float*, kTileRows> at{};
  for (std::size_t r = 0; r < kTileRows; ++r) at[r] = rows.data() + r * kDimension;
  constexpr std::size_t kStride = kTileColumns + 3;
  std::vector<float> out(kTileRows * kStride, -7.0F);
  cupel::metrics::similarity_tile(at, panel.data(), kDimension, kStride, out.data());
  for (std::size_t r = 0; r < kTileRows; ++r) {
    for (std::size_t c = 0; c < kTileColumns; ++c) {
      std::vector<float> column;
      for (std::size_t k = 0; k < kDimension; ++k) column.push_back(panel[k * kTileColumns + c]);
      CHECK(out[r * kStride + c] == cupel::metrics::dot({at[r], kDimension}, column));
    }
    CHECK((r + 1 == kTileRows || out[r * kStride + kTileColumns] == -7.0F));
  }
}
