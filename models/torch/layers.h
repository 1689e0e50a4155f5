/// Layers with a bias, as Atomas's alignment has them.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "models/torch/parameters.h"

namespace cupel::nn {

/// x Wᵀ + b over the last dimension.
struct Linear {
  at::Tensor weight;  ///< [out, in]
  at::Tensor bias;    ///< [out]
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// PyTorch's default start: both uniform within ± 1 / √in. Adds name.weight and name.bias.
[[nodiscard]] Linear default_linear(Parameters& parameters, const Initializer& random,
                                    const std::string& name, std::int64_t in, std::int64_t out);

/// Truncated normal of standard deviation 0.02, bias 0 (timm's vision transformers).
[[nodiscard]] Linear truncated_linear(Parameters& parameters, const Initializer& random,
                                      const std::string& name, std::int64_t in, std::int64_t out);

/// Mean 0 and variance 1 (+ 1e-5) over the last dimension, then scale and shift, which start as 1
/// and 0.
struct LayerNorm {
  LayerNorm(Parameters& parameters, const std::string& name, std::int64_t width);
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;

  at::Tensor weight;
  at::Tensor bias;
};

}  // namespace cupel::nn
