#include "models/torch/t5.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/triu.h>

#include "models/torch/attention.h"
#include "models/torch/rms_norm.h"

namespace cupel::nn {
namespace {

constexpr double kLowest = std::numeric_limits<float>::lowest();

/// Standard deviations as in transformers' T5PreTrainedModel._init_weights; but the head, which has
/// 1 there, and makes a first loss of some 60: it is always loaded there, and trained here.
class Weights {
 public:
  Weights(const T5Maker& maker, std::string prefix) : maker_(maker), prefix_(std::move(prefix)) {}

  at::Tensor normal(const std::string& name, at::IntArrayRef shape, double sd) const {
    return keep(name, maker_.initializer.normal(prefix_ + name, shape, sd));
  }
  at::Tensor ones(const std::string& name) const {
    return keep(name, at::ones({maker_.config.d_model}));
  }

  T5Attention attention(const std::string& name) const {
    const T5Config& c = maker_.config;
    const std::int64_t inner = c.heads * c.d_kv;
    const double wide = 1.0 / std::sqrt(static_cast<double>(c.d_model));
    return {.q = normal(name + "q.weight", {inner, c.d_model},
                        1.0 / std::sqrt(static_cast<double>(c.d_model * c.d_kv))),
            .k = normal(name + "k.weight", {inner, c.d_model}, wide),
            .v = normal(name + "v.weight", {inner, c.d_model}, wide),
            .o = normal(name + "o.weight", {c.d_model, inner},
                        1.0 / std::sqrt(static_cast<double>(inner)))};
  }

  T5FeedForward feed_forward(const std::string& name) const {
    const T5Config& c = maker_.config;
    const double wide = 1.0 / std::sqrt(static_cast<double>(c.d_model));
    return {.wi_0 = normal(name + "wi_0.weight", {c.d_ff, c.d_model}, wide),
            .wi_1 = normal(name + "wi_1.weight", {c.d_ff, c.d_model}, wide),
            .wo = normal(name + "wo.weight", {c.d_model, c.d_ff},
                         1.0 / std::sqrt(static_cast<double>(c.d_ff)))};
  }

 private:
  at::Tensor keep(const std::string& name, at::Tensor value) const {
    if (maker_.trained) return maker_.parameters.add(prefix_ + name, std::move(value));
    return maker_.parameters.add_state(prefix_ + name, std::move(value));
  }

  const T5Maker& maker_;
  std::string prefix_;
};

T5Stack make_stack(const T5Maker& maker, const std::string& prefix, at::Tensor embedding,
                   bool decoder) {
  const Weights make(maker, prefix);
  T5Stack stack;
  stack.embedding = std::move(embedding);
  for (std::int64_t i = 0; i < maker.config.layers; ++i) {
    const std::string layer = "block." + std::to_string(i) + ".layer.";
    T5Block block;
    block.attention = make.attention(layer + "0.SelfAttention.");
    if (i == 0) {
      stack.position_bias = make.normal(layer + "0.SelfAttention.relative_attention_bias.weight",
                                        {maker.config.buckets, maker.config.heads},
                                        1.0 / std::sqrt(static_cast<double>(maker.config.d_model)));
    }
    block.attention_norm = make.ones(layer + "0.layer_norm.weight");
    if (decoder) {
      block.cross = make.attention(layer + "1.EncDecAttention.");
      block.cross_norm = make.ones(layer + "1.layer_norm.weight");
    }
    const std::string last = layer + (decoder ? "2." : "1.");
    block.ff = make.feed_forward(last + "DenseReluDense.");
    block.ff_norm = make.ones(last + "layer_norm.weight");
    stack.blocks.push_back(std::move(block));
  }
  stack.final_norm = make.ones("final_layer_norm.weight");
  return stack;
}

/// One forward pass: the numbers that every layer needs.
struct Pass {
  const T5Config& config;
  bool train;

  at::Tensor drop(const at::Tensor& x) const { return at::dropout(x, config.dropout, train); }

  at::Tensor attend_itself(const T5Attention& weights, const at::Tensor& x,
                           const AttentionScores& scores) const {
    const auto parts = projected(x, {weights.q, weights.k, weights.v});
    return attend(weights, parts[0], parts[1], parts[2], scores);
  }

  at::Tensor attend(const T5Attention& weights, const at::Tensor& x, const at::Tensor& memory,
                    const AttentionScores& scores) const {
    const auto parts = projected(memory, {weights.k, weights.v});
    return attend(weights, at::linear(x, weights.q), parts[0], parts[1], scores);
  }

  at::Tensor feed_forward(const T5FeedForward& weights, const at::Tensor& x) const {
    const auto parts = projected(x, {weights.wi_0, weights.wi_1});
    return at::linear(drop(at::gelu(parts[0], "tanh") * parts[1]), weights.wo);
  }

  at::Tensor norm(const at::Tensor& x, const at::Tensor& weight) const {
    return rms_norm(x, weight, config.epsilon);
  }

 private:
  at::Tensor attend(const T5Attention& weights, const at::Tensor& q, const at::Tensor& k,
                    const at::Tensor& v, const AttentionScores& scores) const {
    const double dropout = train ? config.dropout : 0.0;
    return at::linear(attention(q, k, v, scores, config.heads, dropout), weights.o);
  }

  /// Several layers of the same width in one product.
  static std::vector<at::Tensor> projected(const at::Tensor& x, at::TensorList weights) {
    return at::linear(x, at::cat(weights)).split(weights.front().size(0), -1);
  }
};

}  // namespace

at::Tensor position_buckets(const T5Config& config, bool bidirectional, std::int64_t queries,
                            std::int64_t keys, std::int64_t first_query) {
  const std::int64_t buckets = bidirectional ? config.buckets / 2 : config.buckets;
  const std::int64_t exact = buckets / 2;
  // As the reference, in float32 throughout: the floor of a logarithm is decided by its last bit.
  const auto span = static_cast<float>(
      std::log(static_cast<double>(config.max_distance) / static_cast<double>(exact)));
  const auto bucket = [&](std::int64_t query, std::int64_t key) {
    const std::int64_t ahead = key - query;
    const std::int64_t offset = bidirectional && ahead > 0 ? buckets : 0;
    const std::int64_t m = bidirectional ? std::abs(ahead) : std::max<std::int64_t>(0, -ahead);
    if (m < exact) return offset + m;
    const float steps = std::log(static_cast<float>(m) / static_cast<float>(exact)) / span *
                        static_cast<float>(buckets - exact);
    return offset + std::min(buckets - 1, exact + static_cast<std::int64_t>(steps));
  };
  at::Tensor all = at::empty({queries, keys}, at::kLong);
  auto* out = all.mutable_data_ptr<std::int64_t>();
  for (std::int64_t query = 0; query < queries; ++query) {
    for (std::int64_t key = 0; key < keys; ++key) *out++ = bucket(first_query + query, key);
  }
  return all;
}

at::Tensor position_scores(const at::Tensor& position_bias, const at::Tensor& buckets) {
  return at::embedding(position_bias, buckets.to(position_bias.device()))
      .permute({2, 0, 1})
      .unsqueeze(0);
}

at::Tensor make_embedding(const T5Maker& maker, const std::string& prefix) {
  return Weights(maker, prefix)
      .normal("shared.weight", {maker.config.vocabulary, maker.config.d_model}, 1.0);
}

T5Encoder::T5Encoder(const T5Maker& maker, const std::string& prefix, at::Tensor embedding)
    : config_(maker.config),
      stack_(make_stack(maker, prefix + "encoder.", std::move(embedding), false)) {}

at::Tensor T5Encoder::operator()(const at::Tensor& ids, const at::Tensor& mask, bool train) const {
  const Pass pass{config_, train};
  const std::int64_t length = ids.size(1);
  const AttentionScores scores = {
      .bias =
          position_scores(stack_.position_bias, position_buckets(config_, true, length, length)),
      .valid = mask};
  at::Tensor x = pass.drop(at::embedding(stack_.embedding, ids));
  for (const T5Block& block : stack_.blocks) {
    const at::Tensor normed = pass.norm(x, block.attention_norm);
    x = x + pass.drop(pass.attend_itself(block.attention, normed, scores));
    x = x + pass.drop(pass.feed_forward(block.ff, pass.norm(x, block.ff_norm)));
  }
  return pass.drop(pass.norm(x, stack_.final_norm));
}

T5Decoder::T5Decoder(const T5Maker& maker, const std::string& prefix, at::Tensor embedding)
    : config_(maker.config),
      stack_(make_stack(maker, prefix + "decoder.", std::move(embedding), true)),
      head_(Weights(maker, prefix)
                .normal("lm_head.weight", {config_.vocabulary, config_.d_model},
                        1.0 / std::sqrt(static_cast<double>(config_.d_model)))) {}

at::Tensor T5Decoder::operator()(const at::Tensor& ids, const at::Tensor& memory,
                                 const at::Tensor& mask, bool train) const {
  const Pass pass{config_, train};
  const std::int64_t length = ids.size(1);
  const at::Tensor positions =
      position_scores(stack_.position_bias, position_buckets(config_, false, length, length));
  const at::Tensor future = at::full({length, length}, kLowest, positions.options()).triu(1);
  const AttentionScores self = {.bias = positions + future, .valid = {}};
  const AttentionScores cross = {.bias = {}, .valid = mask};
  at::Tensor x = pass.drop(at::embedding(stack_.embedding, ids));
  for (const T5Block& block : stack_.blocks) {
    const at::Tensor normed = pass.norm(x, block.attention_norm);
    x = x + pass.drop(pass.attend_itself(block.attention, normed, self));
    x = x + pass.drop(pass.attend(block.cross, pass.norm(x, block.cross_norm), memory, cross));
    x = x + pass.drop(pass.feed_forward(block.ff, pass.norm(x, block.ff_norm)));
  }
  return pass.drop(pass.norm(x, stack_.final_norm));
}

at::Tensor T5Decoder::head(const at::Tensor& states) const { return at::linear(states, head_); }

}  // namespace cupel::nn
