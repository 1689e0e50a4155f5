#include "models/torch/rms_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

namespace cupel::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows that one task works on. Sums over rows are of these blocks, in their order: they do not
/// depend on the number of threads.
constexpr std::int64_t kBlock = 64;
/// Less than this is not worth a thread.
constexpr std::int64_t kGrain = 1 << 14;

template <typename Body>
void for_blocks(std::int64_t rows, std::int64_t width, const Body& body) {
  const std::int64_t blocks = (rows + kBlock - 1) / kBlock;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / (kBlock * width));
  at::parallel_for(0, blocks, grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t block = first; block < last; ++block)
      body(block, block * kBlock, std::min(rows, (block + 1) * kBlock));
  });
}

/// Returns 1 / rms of each row.
at::Tensor forward_rows(const at::Tensor& x, const at::Tensor& weight, double epsilon,
                        at::Tensor& y) {
  const std::int64_t width = x.size(-1);
  const std::int64_t rows = x.numel() / width;
  at::Tensor inverse = at::empty({rows}, x.options());
  const float* in = x.const_data_ptr<float>();
  const float* scale = weight.const_data_ptr<float>();
  float* out = y.mutable_data_ptr<float>();
  float* kept = inverse.mutable_data_ptr<float>();
  for_blocks(rows, width, [&](std::int64_t, std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      const float* from = in + row * width;
      float* to = out + row * width;
      float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t i = 0; i < width; ++i) sum += from[i] * from[i];
      const float r =
          1.0F / std::sqrt(sum / static_cast<float>(width) + static_cast<float>(epsilon));
      kept[row] = r;
#pragma omp simd
      for (std::int64_t i = 0; i < width; ++i) to[i] = from[i] * r * scale[i];
    }
  });
  return inverse;
}

/// dx = r (g w − x r² mean(g w x)), dw = Σ_rows g x r.
void backward_rows(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight,
                   const at::Tensor& inverse, at::Tensor& dx, at::Tensor& dw) {
  const std::int64_t width = x.size(-1);
  const std::int64_t rows = x.numel() / width;
  const float* g = gradient.const_data_ptr<float>();
  const float* in = x.const_data_ptr<float>();
  const float* scale = weight.const_data_ptr<float>();
  const float* kept = inverse.const_data_ptr<float>();
  float* out = dx.mutable_data_ptr<float>();
  const std::int64_t blocks = (rows + kBlock - 1) / kBlock;
  std::vector<float> partial(static_cast<std::size_t>(blocks * width), 0.0F);
  for_blocks(rows, width, [&](std::int64_t block, std::int64_t first, std::int64_t last) {
    float* sums = partial.data() + block * width;
    for (std::int64_t row = first; row < last; ++row) {
      const float* gr = g + row * width;
      const float* xr = in + row * width;
      float* to = out + row * width;
      const float r = kept[row];
      float dot = 0.0F;
#pragma omp simd reduction(+ : dot)
      for (std::int64_t i = 0; i < width; ++i) dot += gr[i] * scale[i] * xr[i];
      const float share = dot * r * r / static_cast<float>(width);
#pragma omp simd
      for (std::int64_t i = 0; i < width; ++i) {
        to[i] = r * (gr[i] * scale[i] - xr[i] * share);
        sums[i] += gr[i] * xr[i] * r;
      }
    }
  });
  float* total = dw.mutable_data_ptr<float>();
  for (std::int64_t block = 0; block < blocks; ++block) {
    for (std::int64_t i = 0; i < width; ++i)
      total[i] += partial[static_cast<std::size_t>(block * width + i)];
  }
}

class RmsNorm : public torch::autograd::Function<RmsNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            double epsilon) {
    const at::Tensor plain = x.contiguous();
    at::Tensor y = at::empty_like(plain);
    const at::Tensor inverse = forward_rows(plain, weight, epsilon, y);
    context->save_for_backward({plain, weight, inverse});
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    at::Tensor dx = at::empty_like(saved[0]);
    at::Tensor dw = at::zeros(saved[1].sizes(), saved[1].options());
    backward_rows(gradients[0].contiguous(), saved[0], saved[1], saved[2], dx, dw);
    return {dx, dw, at::Tensor()};
  }
};

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  const bool plain = x.device().is_cpu() && x.scalar_type() == at::kFloat &&
                     weight.scalar_type() == at::kFloat && x.numel() > 0;
  if (!plain) return x * at::rsqrt(at::mean(at::square(x), -1, true) + epsilon) * weight;
  if (at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad()))
    return RmsNorm::apply(x, weight, epsilon);
  const at::Tensor contiguous = x.contiguous();
  at::Tensor y = at::empty_like(contiguous);
  forward_rows(contiguous, weight.contiguous(), epsilon, y);
  return y;
}

}  // namespace cupel::nn
