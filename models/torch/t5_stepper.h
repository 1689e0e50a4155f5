/// T5's decoder one token at a time, with the keys and values of earlier tokens kept.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/search.h"
#include "models/torch/t5.h"

namespace cupel::nn {

/// Rows are sentences × beams, a sentence's beams together. The keys and values of the encoder's
/// states are computed once a sentence, and its beams are rows of one query. Use it under
/// c10::InferenceMode.
class T5Stepper final : public Stepper {
 public:
  /// `memory` [B, T, d_model] and `mask` [B, T] are of the encoder; `most_steps`: how often step()
  /// is called at most. The decoder outlives this.
  T5Stepper(const T5Decoder& decoder, const at::Tensor& memory, const at::Tensor& mask,
            std::int64_t beams, std::int64_t most_steps);

  [[nodiscard]] at::Tensor step(const at::Tensor& tokens) override;
  void choose(const at::Tensor& rows) override;
  void keep(const at::Tensor& sentences) override;

 private:
  struct Layer {
    at::Tensor keys, values;                // of the decoder: [rows, heads, capacity, d_kv]
    at::Tensor memory_keys, memory_values;  // of the encoder: [B, heads, T, d_kv]
  };

  /// Room for as many steps again.
  void grow();
  [[nodiscard]] at::Tensor self_attention(const T5Attention& weights, const at::Tensor& x,
                                          const Layer& layer) const;
  [[nodiscard]] at::Tensor cross_attention(const T5Attention& weights, const at::Tensor& x,
                                           const Layer& layer) const;

  const T5Decoder& decoder_;
  std::int64_t beams_;
  std::int64_t done_ = 0;      // steps
  std::int64_t capacity_ = 0;  // steps that there is room for
  at::Tensor positions_;       // [heads, most_steps]: the bias of a key, the present one last
  at::Tensor mask_;            // [B, 1, 1, T]
  std::vector<Layer> layers_;
};

}  // namespace cupel::nn
