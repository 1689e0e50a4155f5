/// T5's layer norm (Zhang and Sennrich 2019).
#pragma once

#include <ATen/core/Tensor.h>

namespace cupel::nn {

/// x / √(mean(x²) + ε) · weight over the last dimension. On a CPU in float32 one pass forward and
/// one backward, with the same bits for any number of threads; otherwise the composition of ATen's
/// operators, which it equals but for rounding.
[[nodiscard]] at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

}  // namespace cupel::nn
