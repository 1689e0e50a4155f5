/// Atomas's global alignment, L_ga: momentum contrast with queues and soft targets.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/atomas_options.h"
#include "models/torch/layers.h"
#include "models/torch/tokens.h"

namespace cupel::nn {

/// α at an optimisation step, counted from 0.
[[nodiscard]] double alpha_at(const AtomasOptions& options, std::int64_t step);

/// One vector of length 1 for each example of a batch, [G, d], of both modalities.
struct PairFeatures {
  at::Tensor text;
  at::Tensor smiles;
};

/// For each direction, with z the features, z' the momentum features, K the queue of the other
/// modality, and A = [z' of the other modality; K]:
///     Y = α softmax(z' A / τ) + (1 − α) I,   L = −mean_i Σ_j Y_ij log softmax(z A / τ)_ij
/// and L_ga the mean of both (in the released code `loss_tsc`). τ is not differentiated in Y.
class GlobalAlignment {
 public:
  /// Adds temp, the pools text_linear and smiles_linear with their momentum copies (…_m) if the
  /// pool is learned, and the states text_queue, smiles_queue [d, Q] (unit columns) and queue_ptr
  /// [1].
  GlobalAlignment(Parameters& parameters, const Initializer& random, std::int64_t width,
                  const AtomasOptions& options);

  /// [G, d] of length 1. Throws Error{kUsage} when a learned pool meets another length than
  /// options.length.
  [[nodiscard]] at::Tensor pooled(Modality modality, const Tokens& tokens) const;
  /// By the momentum copies, of the states of the momentum encoder, without a gradient.
  [[nodiscard]] at::Tensor pooled_by_momentum(Modality modality, const Tokens& tokens) const;

  /// Clamps τ first. Throws Error{kUsage} when options.ranks does not divide the batch.
  [[nodiscard]] at::Tensor loss(const PairFeatures& online, const PairFeatures& momentum,
                                double alpha) const;

  /// Momentum features overwrite the oldest keys. Throws Error{kUsage} when the batch does not
  /// divide the queue, unless options.queue_remainder.
  void enqueue(const PairFeatures& momentum);

  /// Each momentum copy with the tensor that it follows, θ_m ← m θ_m + (1 − m) θ.
  [[nodiscard]] std::vector<std::pair<at::Tensor, at::Tensor>> momentum_pairs() const;

 private:
  struct LearnedPool {
    Linear online;
    Linear momentum;
  };
  struct Side {
    std::optional<LearnedPool> pool;
    at::Tensor queue;  ///< [d, Q]
  };
  [[nodiscard]] Side side(Parameters& parameters, const Initializer& random,
                          const std::string& name, std::int64_t width) const;
  [[nodiscard]] const Side& of(Modality modality) const;
  [[nodiscard]] at::Tensor direction(const at::Tensor& online, const at::Tensor& momentum,
                                     const at::Tensor& others, const at::Tensor& queue,
                                     double alpha) const;

  AtomasOptions options_;
  at::Tensor temperature_;
  Side text_;
  Side smiles_;
  at::Tensor pointer_;  ///< int64 [1], the column of the oldest keys
};

}  // namespace cupel::nn
