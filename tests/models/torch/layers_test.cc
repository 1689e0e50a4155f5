#include "models/torch/layers.h"

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>

namespace cupel::nn {
namespace {

TEST_CASE("A layer starts as its framework starts it", "[torch]") {
  Parameters parameters;
  const Initializer random(3);
  const Linear usual = default_linear(parameters, random, "usual", 400, 50);
  CHECK(usual.weight.abs().max().item<double>() <= 0.05);
  CHECK(usual.weight.abs().max().item<double>() > 0.0499);
  CHECK(usual.bias.abs().max().item<double>() <= 0.05);
  const Linear narrow = truncated_linear(parameters, random, "narrow", 400, 50);
  CHECK(std::abs(narrow.weight.std().item<double>() - 0.02) < 5e-4);
  CHECK(narrow.bias.eq(0).all().item<bool>());
  CHECK(parameters.get("usual.weight").sizes() == at::IntArrayRef({50, 400}));
  CHECK(parameters.count() == 2 * (400 * 50 + 50));
}

TEST_CASE("A normed row has mean 0 and variance 1 before scale and shift", "[torch]") {
  Parameters parameters;
  const LayerNorm norm(parameters, "norm", 4);
  const at::Tensor out = norm(at::tensor({1.0F, 2.0F, 3.0F, 4.0F}));
  const at::Tensor expected = at::tensor({-1.5F, -0.5F, 0.5F, 1.5F}) / std::sqrt(1.25 + 1e-5);
  CHECK((out - expected).abs().max().item<double>() < 1e-6);
}

}  // namespace
}  // namespace cupel::nn
