/// Tokens become fewer: the adaptive polymerisation module of Atomas.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "models/torch/atomas_options.h"
#include "models/torch/dpc_knn.h"
#include "models/torch/layers.h"
#include "models/torch/tokens.h"

namespace cupel::nn {

/// The token clustering module (in the released code `CTM`):
///     x ← LayerNorm(x + Conv(x)),  score = Linear(x),  w = exp(score), 0 for pads
///     y_m = Σ_{n in cluster m} w_n x_n / (Σ_{n in cluster m} w_n + 1e-6)
/// with a convolution of width 3 along the positions, without bias. No clustering has a gradient;
/// it goes through x and w.
class TokenMerging {
 public:
  /// Adds name.conv.conv.weight, name.norm.*, name.score.*.
  TokenMerging(Parameters& parameters, const Initializer& random, const std::string& name,
               std::int64_t width, double ratio, const AtomasOptions& options);

  struct Result {
    Tokens merged;      ///< y [G, M, d]
    at::Tensor source;  ///< x [G, N, d]
    at::Tensor score;   ///< [G, N], −∞ for pads
    Clusters clusters;
  };
  /// `noise` as for dpc_knn.
  [[nodiscard]] Result operator()(const Tokens& tokens, const at::Tensor& noise) const;

 private:
  [[nodiscard]] at::Tensor convolved(const Tokens& tokens) const;
  [[nodiscard]] Tokens merged(const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& valid, const Clusters& clusters) const;

  AtomasOptions options_;
  double ratio_;
  at::Tensor convolution_;  ///< [d, d, 3]
  LayerNorm norm_;
  Linear score_;
};

/// One attention from the merged tokens to those that they were merged from (in the released code
/// `TCBlock`), with the score of a token added to its logits:
///     y + Proj(softmax(Q(LN y) K(LN x)ᵀ / √(d / heads) + score) V(LN x))
class MergedAttention {
 public:
  /// Adds name.norm1.*, name.attn.q.*, name.attn.kv.* (keys, then values), name.attn.proj.*.
  /// Throws Error{kUsage} when `heads` does not divide `width`.
  MergedAttention(Parameters& parameters, const Initializer& random, const std::string& name,
                  std::int64_t width, std::int64_t heads);

  /// [G, M, d]
  [[nodiscard]] at::Tensor operator()(const TokenMerging::Result& from) const;

 private:
  [[nodiscard]] at::Tensor split_heads(const at::Tensor& x) const;

  std::int64_t heads_;
  LayerNorm norm_;
  Linear query_;
  Linear key_value_;
  Linear projection_;
};

}  // namespace cupel::nn
