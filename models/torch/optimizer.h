/// Adam with clipping by the global norm.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/parameters.h"

namespace cupel::nn {

/// What the names of the optimiser's own tensors begin with.
inline constexpr const char* kAdamState = "adam.";

struct OptimizerOptions {
  double rate = 1e-4;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double clip = 1.0;  ///< largest norm of all gradients together; 0: as they are
  /// The rate of a tensor is multiplied by the root mean square of its values, at least 0.001, as
  /// by Adafactor's scale_parameter (Shazeer and Stern 2018, section 8), with which T5 was trained:
  /// the steps of small projections and large embeddings are in proportion.
  bool scale_parameter = false;
};

/// Without scale_parameter equals torch.optim.Adam after torch.nn.utils.clip_grad_norm_. A
/// parameter without a gradient stays as it is, its moments too.
class Adam {
 public:
  /// Adds the state of each trained parameter that is there: adam.first.NAME, adam.second.NAME and
  /// adam.steps.NAME.
  Adam(Parameters& parameters, const OptimizerOptions& options);

  /// One step at `factor` times the rate; then there are no gradients. Returns the norm of all
  /// gradients before clipping.
  double step(double factor);

 private:
  struct Slot {
    at::Tensor parameter, first, second, steps;
  };

  OptimizerOptions options_;
  std::vector<Slot> slots_;
};

}  // namespace cupel::nn
