/// The generator behind the suite: the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cupel::tasks::suite {

/// splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15U); }

  /// Uniform over [0, n), n > 0, by the high half of a product (Lemire 2019) without its rejection
  /// step: for the few hundred choices of a grammar the bias is below 2^-23.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(((next() >> 32U) * static_cast<std::uint64_t>(n)) >> 32U);
  }

  /// True in `per_cent` of 100 cases.
  bool chance(std::size_t per_cent) { return below(100) < per_cent; }

  static constexpr std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
  }

 private:
  std::uint64_t state_;
};

/// A stream of its own for each (seed, name, number).
constexpr std::uint64_t stream(std::uint64_t seed, std::string_view name, std::uint64_t number) {
  std::uint64_t hash = Random::mix(seed + 0x632BE59BD9B4E019U);
  for (const char byte : name) hash = Random::mix(hash ^ static_cast<unsigned char>(byte));
  return Random::mix(hash + Random::mix(number + 0x9E3779B97F4A7C15U));
}

}  // namespace cupel::tasks::suite
