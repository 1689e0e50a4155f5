/// How many operations T5's matrices ask for: what a machine's peak is compared with.
#pragma once

#include <cstdint>

#include "models/torch/t5_config.h"

namespace cupel::nn {

/// A product and a sum are two operations, as PyTorch's FlopCounterMode counts; norms, softmax and
/// element-wise work are left out. Of the sequence's own tokens: pads are not counted, nor what is
/// computed for them.

/// One sequence of `length` tokens through the encoder.
[[nodiscard]] double encoder_flop(const T5Config& config, std::int64_t length);

/// Decoding `written` tokens one at a time, `rows` hypotheses of one source of `length` tokens: its
/// keys and values once for all of them, earlier positions from the cache, the head at each step.
[[nodiscard]] double decoding_flop(const T5Config& config, std::int64_t length,
                                   std::int64_t written, std::int64_t rows);

}  // namespace cupel::nn
