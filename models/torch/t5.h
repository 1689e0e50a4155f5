/// T5's encoder and decoder for whole sequences: what training and scoring need. Decoding one token
/// at a time is in t5_stepper.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/parameters.h"
#include "models/torch/t5_config.h"

namespace cupel::nn {

/// Projections of one multi-head attention, each [out, in], without bias.
struct T5Attention {
  at::Tensor q, k, v;  ///< [heads · d_kv, d_model]
  at::Tensor o;        ///< [d_model, heads · d_kv]
};

/// o(gelu(wi_0 x) · wi_1 x), GELU by its tanh approximation.
struct T5FeedForward {
  at::Tensor wi_0, wi_1;  ///< [d_ff, d_model]
  at::Tensor wo;          ///< [d_model, d_ff]
};

struct T5Block {
  at::Tensor attention_norm;  ///< [d_model], as all norms
  T5Attention attention;
  at::Tensor cross_norm;  ///< of decoder blocks only
  T5Attention cross;
  at::Tensor ff_norm;
  T5FeedForward ff;
};

/// What is common to both stacks. Tensors are named as in Hugging Face's checkpoints, after a
/// prefix.
struct T5Stack {
  at::Tensor embedding;      ///< [vocabulary, d_model]
  at::Tensor position_bias;  ///< [buckets, heads]
  std::vector<T5Block> blocks;
  at::Tensor final_norm;
};

/// How the tensors of a part come into being.
struct T5Maker {
  const T5Config& config;
  Parameters& parameters;
  const Initializer& initializer;
  bool trained = true;  ///< if not, they are state: a momentum copy
};

/// The bucket of each pair of positions: [queries, keys], int64. `first_query` is the position of
/// the first query.
[[nodiscard]] at::Tensor position_buckets(const T5Config& config, bool bidirectional,
                                          std::int64_t queries, std::int64_t keys,
                                          std::int64_t first_query = 0);

/// The bias that positions add to attention scores: [1, heads, queries, keys].
[[nodiscard]] at::Tensor position_scores(const at::Tensor& position_bias,
                                         const at::Tensor& buckets);

class T5Encoder {
 public:
  /// `prefix` "molt5." makes molt5.encoder.block.0.… The embedding is shared with the decoder.
  T5Encoder(const T5Maker& maker, const std::string& prefix, at::Tensor embedding);

  /// `ids` [B, T] int64, `mask` [B, T] bool: true for what may be attended to. Returns [B, T,
  /// d_model]; rows of pads hold numbers that mean nothing, as in the reference. `train`: with
  /// dropout.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& ids, const at::Tensor& mask,
                                      bool train) const;

 private:
  T5Config config_;
  T5Stack stack_;
};

class T5Decoder {
 public:
  T5Decoder(const T5Maker& maker, const std::string& prefix, at::Tensor embedding);

  /// `ids` [B, U]: what each position sees last. `memory` [B, T, d_model] and its `mask` [B, T] are
  /// the encoder's. Returns [B, U, d_model], for head().
  [[nodiscard]] at::Tensor operator()(const at::Tensor& ids, const at::Tensor& memory,
                                      const at::Tensor& mask, bool train) const;
  /// Logits: [..., d_model] -> [..., vocabulary].
  [[nodiscard]] at::Tensor head(const at::Tensor& states) const;

  [[nodiscard]] const T5Config& config() const { return config_; }
  [[nodiscard]] const T5Stack& stack() const { return stack_; }

 private:
  T5Config config_;
  T5Stack stack_;
  at::Tensor head_;
};

/// The embedding of a model, "shared.weight" after the prefix.
[[nodiscard]] at::Tensor make_embedding(const T5Maker& maker, const std::string& prefix);

}  // namespace cupel::nn
