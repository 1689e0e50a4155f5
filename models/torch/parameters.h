/// The tensors of a model by name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

/// Draws initial values: the same for the same seed, name and shape on every machine and with every
/// LibTorch, whatever else the model has. So two variants of a model share the start of what they
/// share, and their difference is that of the variants.
class Initializer {
 public:
  explicit Initializer(std::uint64_t seed) : seed_(seed) {}

  /// float32 on the CPU, as all below.
  [[nodiscard]] at::Tensor uniform(std::string_view name, at::IntArrayRef shape,
                                   double bound) const;
  [[nodiscard]] at::Tensor normal(std::string_view name, at::IntArrayRef shape, double sd) const;
  /// Redrawn until within ±2 (not ±2 standard deviations), as torch.nn.init.trunc_normal_ does.
  [[nodiscard]] at::Tensor truncated_normal(std::string_view name, at::IntArrayRef shape,
                                            double sd) const;

 private:
  std::uint64_t seed_;
};

/// In the order of their making, all on one device. Tensors are shared with whoever uses what add()
/// returns; what was given to it may be another one.
class Parameters {
 public:
  explicit Parameters(at::Device device = at::kCPU) : device_(device) {}

  struct Entry {
    std::string name;
    at::Tensor tensor;
    bool trained = true;  ///< by gradients; if not: a momentum copy, a queue
  };

  /// Moves it to the device, marks it as requiring a gradient and returns it. Throws
  /// std::logic_error for a name that is taken.
  at::Tensor add(std::string name, at::Tensor value);
  /// What is saved beside what is trained.
  at::Tensor add_state(std::string name, at::Tensor value);

  [[nodiscard]] const std::vector<Entry>& all() const { return entries_; }
  [[nodiscard]] at::Device device() const { return device_; }
  /// Throws std::logic_error for an unknown name.
  [[nodiscard]] const at::Tensor& get(std::string_view name) const;
  [[nodiscard]] std::vector<at::Tensor> trained() const;
  /// Numbers in what is trained.
  [[nodiscard]] std::int64_t count() const;

 private:
  at::Tensor append(std::string name, at::Tensor value, bool trained);

  at::Device device_;
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace cupel::nn
