/// The shape of a T5 v1.1 model, which MolT5 is (Raffel et al. 2020; Edwards et al. 2022).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cupel::nn {

/// Gated GELU, relative position bias in the first block of each stack, no other bias, RMS norm
/// before each part, a language-model head of its own.
struct T5Config {
  std::int64_t vocabulary = 0;  ///< rows of the embedding and of the head
  std::int64_t d_model = 0;
  std::int64_t d_ff = 0;
  std::int64_t d_kv = 0;  ///< of one head; heads · d_kv need not be d_model
  std::int64_t heads = 0;
  std::int64_t layers = 0;  ///< of the encoder, and as many of the decoder
  std::int64_t buckets = 32;
  std::int64_t max_distance = 128;
  double dropout = 0.1;
  double epsilon = 1e-6;  ///< of the RMS norm
};

inline constexpr std::int64_t kPad = 0;  ///< also what decoding starts with
inline constexpr std::int64_t kEnd = 1;
inline constexpr std::int64_t kT5Vocabulary = 32'128;  ///< of T5's own checkpoints, 28 rows unused

/// "tiny", "mini", "small", "base" or "large". The last three are those of google/t5-v1_1 and of
/// MolT5; tiny and mini are for models trained from scratch on a CPU.
[[nodiscard]] std::optional<T5Config> t5_size(std::string_view name, std::int64_t vocabulary);
[[nodiscard]] std::vector<std::string_view> t5_sizes();

}  // namespace cupel::nn
