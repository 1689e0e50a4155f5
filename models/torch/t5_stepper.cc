#include "models/torch/t5_stepper.h"

#include <algorithm>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>

#include "models/torch/attention.h"
#include "models/torch/rms_norm.h"

namespace cupel::nn {
namespace {

/// Most captions of molecules are shorter than twice this.
constexpr std::int64_t kFirstCapacity = 64;

}  // namespace

T5Stepper::T5Stepper(const T5Decoder& decoder, const at::Tensor& memory, const at::Tensor& mask,
                     std::int64_t beams, std::int64_t most_steps)
    : decoder_(decoder), beams_(beams), mask_(mask_scores(mask)) {
  const T5Config& config = decoder.config();
  const std::int64_t rows = memory.size(0) * beams;
  positions_ = position_scores(decoder.stack().position_bias,
                               position_buckets(config, false, 1, most_steps, most_steps - 1))
                   .view({config.heads, most_steps});
  for (const T5Block& block : decoder.stack().blocks) {
    const auto of_memory = [&](const at::Tensor& weight) {
      return split_heads(at::linear(memory, weight), config.heads).contiguous();
    };
    Layer layer{.memory_keys = of_memory(block.cross.k), .memory_values = of_memory(block.cross.v)};
    layer.keys = at::empty({rows, config.heads, 0, config.d_kv}, layer.memory_keys.options());
    layer.values = at::empty_like(layer.keys);
    layers_.push_back(std::move(layer));
  }
}

void T5Stepper::grow() {
  capacity_ = std::max(kFirstCapacity, 2 * capacity_);
  for (Layer& layer : layers_) {
    for (at::Tensor* cache : {&layer.keys, &layer.values}) {
      const auto shape = cache->sizes();
      at::Tensor larger = at::empty({shape[0], shape[1], capacity_, shape[3]}, cache->options());
      larger.narrow(2, 0, done_).copy_(cache->narrow(2, 0, done_));
      *cache = std::move(larger);
    }
  }
}

at::Tensor T5Stepper::self_attention(const T5Attention& weights, const at::Tensor& x,
                                     const Layer& layer) const {
  const T5Config& config = decoder_.config();
  const auto heads = [&](const at::Tensor& weight) {
    return at::linear(x, weight).view({x.size(0), config.heads, config.d_kv});
  };
  layer.keys.select(2, done_).copy_(heads(weights.k));
  layer.values.select(2, done_).copy_(heads(weights.v));
  const std::int64_t length = done_ + 1;
  const at::Tensor bias = positions_.narrow(1, positions_.size(1) - length, length).unsqueeze(1);
  const at::Tensor keys = layer.keys.narrow(2, 0, length);
  const at::Tensor scores = at::matmul(heads(weights.q).unsqueeze(2), keys.transpose(2, 3)) + bias;
  const at::Tensor context = at::matmul(at::softmax(scores, -1), layer.values.narrow(2, 0, length));
  return at::linear(context.view({x.size(0), config.heads * config.d_kv}), weights.o);
}

at::Tensor T5Stepper::cross_attention(const T5Attention& weights, const at::Tensor& x,
                                      const Layer& layer) const {
  const T5Config& config = decoder_.config();
  const std::int64_t inner = config.heads * config.d_kv;
  const at::Tensor q =
      split_heads(at::linear(x, weights.q).view({-1, beams_, inner}), config.heads);
  const at::Tensor scores = at::matmul(q, layer.memory_keys.transpose(2, 3)) + mask_;
  const at::Tensor context = at::matmul(at::softmax(scores, -1), layer.memory_values);
  return at::linear(join_heads(context).view({x.size(0), inner}), weights.o);
}

at::Tensor T5Stepper::step(const at::Tensor& tokens) {
  if (done_ == capacity_) grow();
  const T5Stack& stack = decoder_.stack();
  const double epsilon = decoder_.config().epsilon;
  at::Tensor x = at::embedding(stack.embedding, tokens.to(stack.embedding.device()));
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const T5Block& block = stack.blocks[i];
    x = x + self_attention(block.attention, rms_norm(x, block.attention_norm, epsilon), layers_[i]);
    x = x + cross_attention(block.cross, rms_norm(x, block.cross_norm, epsilon), layers_[i]);
    const at::Tensor normed = rms_norm(x, block.ff_norm, epsilon);
    const at::Tensor hidden =
        at::gelu(at::linear(normed, block.ff.wi_0), "tanh") * at::linear(normed, block.ff.wi_1);
    x = x + at::linear(hidden, block.ff.wo);
  }
  ++done_;
  return decoder_.head(rms_norm(x, stack.final_norm, epsilon));
}

void T5Stepper::choose(const at::Tensor& rows) {
  const at::Tensor places = rows.to(mask_.device());
  for (Layer& layer : layers_) {
    for (at::Tensor* cache : {&layer.keys, &layer.values}) {
      // Only what is filled moves: the capacity is many times as much.
      const at::Tensor live = cache->narrow(2, 0, done_).index_select(0, places);
      cache->narrow(2, 0, done_).copy_(live);
    }
  }
}

void T5Stepper::keep(const at::Tensor& sentences) {
  const at::Tensor places = sentences.to(mask_.device());
  mask_ = mask_.index_select(0, places);
  for (Layer& layer : layers_) {
    layer.memory_keys = layer.memory_keys.index_select(0, places);
    layer.memory_values = layer.memory_values.index_select(0, places);
    for (at::Tensor* cache : {&layer.keys, &layer.values}) {
      const auto shape = cache->sizes();
      *cache = cache->view({-1, beams_ * shape[1] * shape[2] * shape[3]})
                   .index_select(0, places)
                   .view({-1, shape[1], shape[2], shape[3]});
    }
  }
}

}  // namespace cupel::nn
