#include "models/torch/token_clustering.h"

#include <cmath>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel::nn {
namespace {

std::int64_t divisor_of(std::int64_t width, std::int64_t heads) {
  if (heads < 1 || width % heads != 0)
    throw Error(Code::kUsage,
                fmt::format("{} heads of the alignment do not divide a width of {}", heads, width),
                "choose a width that is a multiple of the heads");
  return heads;
}

at::Tensor convolution(Parameters& parameters, const Initializer& random, const std::string& name,
                       std::int64_t width) {
  const double bound = 1.0 / std::sqrt(3.0 * static_cast<double>(width));
  return parameters.add(name, random.uniform(name, {width, width, 3}, bound));
}

}  // namespace

TokenMerging::TokenMerging(Parameters& parameters, const Initializer& random,
                           const std::string& name, std::int64_t width, double ratio,
                           const AtomasOptions& options)
    : options_(options),
      ratio_(ratio),
      convolution_(convolution(parameters, random, name + ".conv.conv.weight", width)),
      norm_(parameters, name + ".norm", width),
      score_(default_linear(parameters, random, name + ".score", width, 1)) {}

at::Tensor TokenMerging::convolved(const Tokens& tokens) const {
  at::Tensor x = tokens.states;
  if (options_.masked_convolution && tokens.valid.defined()) x = x * tokens.valid.unsqueeze(2);
  return x + at::conv1d(x.transpose(1, 2), convolution_, {}, 1, 1).transpose(1, 2);
}

Tokens TokenMerging::merged(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& valid,
                            const Clusters& clusters) const {
  at::Tensor member = at::zeros({x.size(0), clusters.centres.size(1), x.size(1)}, x.options());
  member.scatter_(1, clusters.index.unsqueeze(1), 1);
  const at::Tensor share = member * weight.unsqueeze(1);
  Tokens out{.states = at::bmm(share, x) / (share.sum(2, true) + 1e-6)};
  if (options_.cluster_mask && valid.defined())
    out.valid = (member * valid.unsqueeze(1)).amax(2) > 0;
  return out;
}

TokenMerging::Result TokenMerging::operator()(const Tokens& tokens, const at::Tensor& noise) const {
  const at::Tensor x = norm_(convolved(tokens));
  at::Tensor score = score_(x).squeeze(2);
  if (tokens.valid.defined())
    score = score.masked_fill(tokens.valid.logical_not(), -std::numeric_limits<double>::infinity());
  const at::Tensor weight =
      (options_.stable_exp ? score - score.detach().amax(1, true) : score).exp();
  Clusters clusters = dpc_knn({x, tokens.valid}, ratio_, noise, options_);
  Tokens out = merged(x, weight, tokens.valid, clusters);
  return {std::move(out), x, score, std::move(clusters)};
}

MergedAttention::MergedAttention(Parameters& parameters, const Initializer& random,
                                 const std::string& name, std::int64_t width, std::int64_t heads)
    : heads_(divisor_of(width, heads)),
      norm_(parameters, name + ".norm1", width),
      query_(truncated_linear(parameters, random, name + ".attn.q", width, width)),
      key_value_(truncated_linear(parameters, random, name + ".attn.kv", width, 2 * width)),
      projection_(truncated_linear(parameters, random, name + ".attn.proj", width, width)) {}

at::Tensor MergedAttention::split_heads(const at::Tensor& x) const {
  return x.reshape({x.size(0), x.size(1), heads_, -1}).transpose(1, 2);
}

at::Tensor MergedAttention::operator()(const TokenMerging::Result& from) const {
  const at::Tensor& y = from.merged.states;
  const std::int64_t width = y.size(2);
  const double scale = 1.0 / std::sqrt(static_cast<double>(width / heads_));
  const at::Tensor query = split_heads(query_(norm_(y)) * scale);
  const at::Tensor both = key_value_(norm_(from.source));
  const at::Tensor key = split_heads(both.narrow(2, 0, width));
  const at::Tensor value = split_heads(both.narrow(2, width, width));
  const at::Tensor logits =
      at::matmul(query, key.transpose(2, 3)) + from.score.unsqueeze(1).unsqueeze(2);
  const at::Tensor found = at::matmul(at::softmax(logits, -1), value);
  return y + projection_(found.transpose(1, 2).reshape(y.sizes()));
}

}  // namespace cupel::nn
