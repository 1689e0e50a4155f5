/// The generator behind the suite: the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/core/split_mix.h"

namespace cupel::tasks::suite {

class Random : public SplitMix64 {
 public:
  using SplitMix64::SplitMix64;

  /// True in `per_cent` of 100 cases.
  bool chance(std::size_t per_cent) { return below(100) < per_cent; }
};

/// A stream of its own for each (seed, name, number).
constexpr std::uint64_t stream(std::uint64_t seed, std::string_view name, std::uint64_t number) {
  std::uint64_t hash = split_mix(seed + 0x632BE59BD9B4E019U);
  for (const char byte : name) hash = split_mix(hash ^ static_cast<unsigned char>(byte));
  return split_mix(hash + split_mix(number + kSplitMixStep));
}

}  // namespace cupel::tasks::suite
