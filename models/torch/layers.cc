#include "models/torch/layers.h"

#include <cmath>

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace cupel::nn {

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }

Linear default_linear(Parameters& parameters, const Initializer& random, const std::string& name,
                      std::int64_t in, std::int64_t out) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  const std::string weight = name + ".weight";
  const std::string bias = name + ".bias";
  return {parameters.add(weight, random.uniform(weight, {out, in}, bound)),
          parameters.add(bias, random.uniform(bias, {out}, bound))};
}

Linear truncated_linear(Parameters& parameters, const Initializer& random, const std::string& name,
                        std::int64_t in, std::int64_t out) {
  const std::string weight = name + ".weight";
  return {parameters.add(weight, random.truncated_normal(weight, {out, in}, 0.02)),
          parameters.add(name + ".bias", at::zeros({out}))};
}

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, std::int64_t width)
    : weight(parameters.add(name + ".weight", at::ones({width}))),
      bias(parameters.add(name + ".bias", at::zeros({width}))) {}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
  return at::layer_norm(x, {weight.numel()}, weight, bias, 1e-5);
}

}  // namespace cupel::nn
