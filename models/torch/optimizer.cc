#include "models/torch/optimizer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace cupel::nn {
namespace {

constexpr double kSmallestScale = 1e-3;  // Adafactor's second epsilon

std::vector<double> root_mean_squares(const std::vector<at::Tensor>& tensors) {
  const at::Tensor norms = at::stack(at::_foreach_norm(tensors, 2)).to(at::kCPU, at::kDouble);
  const auto* norm = norms.const_data_ptr<double>();
  std::vector<double> all;
  for (const at::Tensor& tensor : tensors)
    all.push_back(*norm++ / std::sqrt(static_cast<double>(tensor.numel())));
  return all;
}

}  // namespace

Adam::Adam(Parameters& parameters, const OptimizerOptions& options) : options_(options) {
  const std::string state = kAdamState;
  const std::vector<Parameters::Entry> entries = parameters.all();  // which grows below
  for (const auto& [name, tensor, trained] : entries) {
    if (!trained) continue;
    const at::Tensor plain = tensor.detach();
    slots_.push_back(
        {.parameter = tensor,
         .first = parameters.add_state(state + "first." + name, at::zeros_like(plain)),
         .second = parameters.add_state(state + "second." + name, at::zeros_like(plain)),
         .steps = parameters.add_state(state + "steps." + name,
                                       at::zeros({}, plain.options().dtype(at::kFloat)))});
  }
}

double Adam::step(double factor) {
  const at::NoGradGuard guard;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> gradients;
  std::vector<at::Tensor> first;
  std::vector<at::Tensor> second;
  std::vector<at::Tensor> steps;
  for (const Slot& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    parameters.push_back(slot.parameter);
    gradients.push_back(slot.parameter.grad());
    first.push_back(slot.first);
    second.push_back(slot.second);
    steps.push_back(slot.steps);
  }
  if (parameters.empty()) return 0.0;
  const double norm = at::stack(at::_foreach_norm(gradients, 2)).norm().item<double>();
  const double share = options_.clip / (norm + 1e-6);
  if (options_.clip > 0.0 && share < 1.0) at::_foreach_mul_(gradients, share);
  at::_foreach_add_(steps, 1);
  const auto update = [&](at::TensorList some, at::TensorList some_gradients, at::TensorList m,
                          at::TensorList v, at::TensorList counts, double rate) {
    at::_fused_adam_(some, some_gradients, m, v, {}, counts, rate, options_.beta1, options_.beta2,
                     0.0, options_.epsilon, false, false);
  };
  const double rate = options_.rate * factor;
  if (!options_.scale_parameter) {
    update(parameters, gradients, first, second, steps, rate);
  } else {
    const std::vector<double> scales = root_mean_squares(parameters);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      update(parameters[i], gradients[i], first[i], second[i], steps[i],
             rate * std::max(kSmallestScale, scales[i]));
  }
  for (const at::Tensor& parameter : parameters) parameter.mutable_grad() = at::Tensor();
  return norm;
}

}  // namespace cupel::nn
