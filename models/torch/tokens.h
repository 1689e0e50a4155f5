/// Rows of tokens, and to which side of a pair they belong.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

enum class Modality : std::uint8_t { kText, kSmiles };

/// G examples of N tokens.
struct Tokens {
  at::Tensor states;  ///< float [G, N, d]
  at::Tensor valid;   ///< bool [G, N], false for pads; undefined: there are none
};

}  // namespace cupel::nn
