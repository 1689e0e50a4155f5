#include "models/torch/parameters.h"

#include <cmath>
#include <numbers>
#include <span>
#include <stdexcept>
#include <utility>

#include <ATen/ops/empty.h>

#include "harness/core/split_mix.h"

namespace cupel::nn {
namespace {

std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t mixed = split_mix(seed + kSplitMixStep);
  for (const char c : name)
    mixed = split_mix((mixed ^ static_cast<unsigned char>(c)) + kSplitMixStep);
  return mixed;
}

/// In [0, 1).
double unit(SplitMix64& random) { return static_cast<double>(random.next() >> 11U) * 0x1p-53; }

/// Box and Muller's cosine half.
double standard_normal(SplitMix64& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - unit(random)));
  return radius * std::cos(2.0 * std::numbers::pi * unit(random));
}

template <typename Draw>
at::Tensor drawn(std::uint64_t seed, at::IntArrayRef shape, const Draw& draw) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  SplitMix64 random(seed);
  const std::span all(tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
  for (float& value : all) value = static_cast<float>(draw(random));
  return tensor;
}

}  // namespace

at::Tensor Initializer::uniform(std::string_view name, at::IntArrayRef shape, double bound) const {
  return drawn(seed_of(seed_, name), shape,
               [&](SplitMix64& random) { return bound * (2.0 * unit(random) - 1.0); });
}

at::Tensor Initializer::normal(std::string_view name, at::IntArrayRef shape, double sd) const {
  return drawn(seed_of(seed_, name), shape,
               [&](SplitMix64& random) { return sd * standard_normal(random); });
}

at::Tensor Initializer::truncated_normal(std::string_view name, at::IntArrayRef shape,
                                         double sd) const {
  return drawn(seed_of(seed_, name), shape, [&](SplitMix64& random) {
    double value = 0.0;
    do value = sd * standard_normal(random);
    while (std::abs(value) > 2.0);
    return value;
  });
}

at::Tensor Parameters::append(std::string name, at::Tensor value, bool trained) {
  if (!places_.emplace(name, entries_.size()).second)
    throw std::logic_error("there is already a tensor '" + name + "'");
  value = value.to(device_);
  if (trained) value.set_requires_grad(true);
  entries_.push_back({std::move(name), std::move(value), trained});
  return entries_.back().tensor;
}

at::Tensor Parameters::add(std::string name, at::Tensor value) {
  return append(std::move(name), std::move(value), true);
}

at::Tensor Parameters::add_state(std::string name, at::Tensor value) {
  return append(std::move(name), std::move(value), false);
}

const at::Tensor& Parameters::get(std::string_view name) const {
  const auto at = places_.find(name);
  if (at == places_.end()) throw std::logic_error("no tensor '" + std::string(name) + "'");
  return entries_[at->second].tensor;
}

std::vector<at::Tensor> Parameters::trained() const {
  std::vector<at::Tensor> tensors;
  for (const Entry& entry : entries_) {
    if (entry.trained) tensors.push_back(entry.tensor);
  }
  return tensors;
}

std::int64_t Parameters::count() const {
  std::int64_t sum = 0;
  for (const Entry& entry : entries_) sum += entry.trained ? entry.tensor.numel() : 0;
  return sum;
}

}  // namespace cupel::nn
