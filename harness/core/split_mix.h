/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014): the same numbers on every machine, from one counter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cupel {

inline constexpr std::uint64_t kSplitMixStep = 0x9E3779B97F4A7C15U;

/// Its output function: every bit of the input moves half of the output.
constexpr std::uint64_t split_mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return split_mix(state_ += kSplitMixStep); }

  /// Uniform over [0, n), 0 < n < 2^32, by the high half of a product (Lemire 2019) without its
  /// rejection step: the bias is below n / 2^32.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(((next() >> 32U) * static_cast<std::uint64_t>(n)) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace cupel
