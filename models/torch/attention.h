/// Multi-head attention over whole sequences, without T5's missing scale: softmax(q kᵀ + bias) v.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

/// What is added to the scores, and who may be attended to.
struct AttentionScores {
  at::Tensor bias;   ///< [1, heads, queries, keys], or undefined
  at::Tensor valid;  ///< bool [B, keys], or undefined: every key
};

/// `q` [B, queries, heads · d], `k` and `v` [B, keys, heads · d], contiguous in the last dimension;
/// `dropout` is the probability to drop a share. Returns [B, queries, heads · d].
///
/// On a CPU, in float32 and without dropout, examples are computed one by one on all threads, each
/// without the keys behind its last valid one: same bits for any number of threads. LibTorch's own
/// batched product runs on one thread where its BLAS is not MKL.
[[nodiscard]] at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   const AttentionScores& scores, std::int64_t heads,
                                   double dropout = 0.0);

/// [B, T, heads · d] <-> [B, heads, T, d].
[[nodiscard]] at::Tensor split_heads(const at::Tensor& x, std::int64_t heads);
[[nodiscard]] at::Tensor join_heads(const at::Tensor& x);

/// 0 where `mask` [B, keys] is true, else the lowest float: [B, 1, 1, keys].
[[nodiscard]] at::Tensor mask_scores(const at::Tensor& mask);

}  // namespace cupel::nn
