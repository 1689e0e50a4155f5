#include "models/torch/rms_norm.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/square.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>

#include "models/torch/parameters.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

at::Tensor composed(const at::Tensor& x, const at::Tensor& weight) {
  return x * at::rsqrt(at::mean(at::square(x), -1, true) + 1e-6) * weight;
}

TEST_CASE("The norm and its gradients are those of the composition", "[torch]") {
  const Initializer random(2);
  for (const std::int64_t width : {1, 7, 32, 130}) {
    for (const std::int64_t rows : {1, 63, 64, 65, 300}) {
      CAPTURE(width, rows);
      const at::Tensor values = random.normal("x", {rows, 2, width}, 2.0);
      const at::Tensor factors = random.normal("w", {width}, 1.0);
      const at::Tensor weights = random.normal("g", {rows, 2, width}, 1.0);
      std::vector<at::Tensor> results;
      for (const bool ours : {true, false}) {
        const at::Tensor x = values.clone().set_requires_grad(true);
        const at::Tensor w = factors.clone().set_requires_grad(true);
        const at::Tensor y = ours ? rms_norm(x, w, 1e-6) : composed(x, w);
        (y * weights).sum().backward();
        results.insert(results.end(), {y.detach(), x.grad(), w.grad()});
      }
      CHECK(test::relative_difference(results[0], results[3]) < 1e-5);
      if (width > 1) CHECK(test::relative_difference(results[1], results[4]) < 1e-4);
      CHECK(test::relative_difference(results[2], results[5]) < 1e-4);
    }
  }
}

TEST_CASE("The norm of what is not contiguous, and of none, is right", "[torch]") {
  const Initializer random(3);
  const at::Tensor x = random.normal("x", {5, 9, 4}, 1.0).transpose(1, 2);
  const at::Tensor w = random.normal("w", {9}, 1.0);
  CHECK(test::relative_difference(rms_norm(x, w, 1e-6), composed(x, w)) < 1e-6);
  CHECK(rms_norm(x.narrow(0, 0, 0), w, 1e-6).numel() == 0);
}

TEST_CASE("The norm has the same bits for any number of threads, with and without a gradient",
          "[torch]") {
  const Initializer random(4);
  const at::Tensor values = random.normal("x", {1000, 96}, 1.0);
  const int before = at::get_num_threads();
  std::vector<at::Tensor> results;
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    const at::Tensor x = values.clone().set_requires_grad(true);
    const at::Tensor w = random.normal("w", {96}, 1.0).set_requires_grad(true);
    const at::Tensor y = rms_norm(x, w, 1e-6);
    y.pow(3).sum().backward();
    const c10::InferenceMode guard;
    results.insert(results.end(), {y.detach(), x.grad(), w.grad(), rms_norm(x, w, 1e-6)});
  }
  at::set_num_threads(before);
  for (std::size_t i = 0; i < 4; ++i) CHECK(at::equal(results[i], results[i + 4]));
  CHECK(at::equal(results[0], results[3]));
}

}  // namespace
}  // namespace cupel::nn
