#include "models/torch/parameters.h"

#include <stdexcept>

#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>

namespace cupel::nn {
namespace {

TEST_CASE("Initial values depend on seed and name, and on nothing else", "[torch]") {
  const Initializer first(7);
  const at::Tensor one = first.normal("a", {4, 8}, 0.5);
  CHECK(at::equal(one, Initializer(7).normal("a", {4, 8}, 0.5)));
  CHECK_FALSE(at::equal(one, first.normal("b", {4, 8}, 0.5)));
  CHECK_FALSE(at::equal(one, Initializer(8).normal("a", {4, 8}, 0.5)));
}

TEST_CASE("Initial values have the spread that was asked for", "[torch]") {
  const Initializer random(1);
  const at::Tensor normal = random.normal("n", {100'000}, 0.02);
  CHECK(std::abs(normal.mean().item<double>()) < 3e-4);
  CHECK(std::abs(normal.std().item<double>() - 0.02) < 3e-4);
  const at::Tensor uniform = random.uniform("u", {100'000}, 0.3);
  CHECK(uniform.abs().max().item<double>() <= 0.3);
  CHECK(std::abs(uniform.std().item<double>() - 0.3 / std::sqrt(3.0)) < 3e-3);
  CHECK(random.truncated_normal("t", {100'000}, 1.0).abs().max().item<double>() <= 2.0);
}

TEST_CASE("Parameters are found by name, and a name is taken once", "[torch]") {
  Parameters parameters;
  parameters.add("w", at::zeros({2, 3}));
  parameters.add_state("queue", at::zeros({5}));
  CHECK(parameters.get("w").requires_grad());
  CHECK_FALSE(parameters.get("queue").requires_grad());
  CHECK(parameters.count() == 6);
  CHECK(parameters.trained().size() == 1);
  CHECK_THROWS_AS(parameters.add("queue", at::zeros({1})), std::logic_error);
  CHECK_THROWS_AS(parameters.get("v"), std::logic_error);
}

}  // namespace
}  // namespace cupel::nn
