/// A fast hash of short texts for tables inside one process; nothing stored may depend on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cupel {

/// Spreads the entropy of a 64-bit key over its high bits (Knuth's multiplicative hashing).
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t key) {
  key *= 0x9E3779B97F4A7C15U;
  return key ^ (key >> 32U);
}

/// Two overlapping words cover texts of up to 16 bytes; longer ones are folded eight bytes at a
/// time.
[[nodiscard]] inline std::uint64_t hash_text(std::string_view text) {
  const auto load = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, bytes);
    return word;
  };
  const std::size_t size = text.size();
  std::uint64_t state = mix_bits(size + 1);
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) state = mix_bits(state ^ load(at, 8));
    return mix_bits(state ^ load(size - 8, 8));
  }
  if (size >= 4) return mix_bits(state ^ (load(0, 4) | load(size - 4, 4) << 32U));
  std::uint64_t word = 0;
  for (const char c : text) word = word << 8U | static_cast<unsigned char>(c);
  return mix_bits(state ^ word);
}

}  // namespace cupel
