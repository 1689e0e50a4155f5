/// A sweep of many small cells, and its partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/core/digest.h"

namespace cupel::test {

/// Examples of each cell.
inline constexpr std::size_t kSweepLimit = 10;

/// Grids over baselines on four sets of the suite: 203 cells.
[[nodiscard]] std::string sweep_manifest();

/// Deals the cells out to some shards by lot, runs each in a store below `dir` (which is removed at
/// the end), merges them in random order, and throws std::runtime_error unless the content is
/// `whole`. The result: how many shards.
std::size_t check_partition(const std::filesystem::path& manifest,
                            const std::filesystem::path& suite, const std::filesystem::path& dir,
                            const Digest& whole, std::uint64_t seed);

}  // namespace cupel::test
