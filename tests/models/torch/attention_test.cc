#include "models/torch/attention.h"

#include <cmath>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_test_macros.hpp>

#include "models/torch/parameters.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

at::Tensor composed(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                    const AttentionScores& scores, std::int64_t heads) {
  at::Tensor logits = at::matmul(split_heads(q, heads), split_heads(k, heads).transpose(2, 3));
  if (scores.bias.defined()) logits = logits + scores.bias;
  if (scores.valid.defined()) logits = logits + mask_scores(scores.valid);
  return join_heads(at::matmul(at::softmax(logits, -1), split_heads(v, heads)));
}

at::Tensor leaf(const at::Tensor& values) { return values.clone().set_requires_grad(true); }

/// Rows with pads behind, with a hole, with one key, and with none.
at::Tensor some_valid(std::int64_t examples, std::int64_t keys) {
  at::Tensor valid = at::full({examples, keys}, true, at::kBool);
  auto* at = valid.mutable_data_ptr<bool>();
  for (std::int64_t i = 0; i < examples; ++i) {
    for (std::int64_t j = 0; j < keys; ++j) {
      const bool pad = j >= keys - i % keys;
      const bool hole = i % 3 == 1 && j == 1;
      *at++ = i != 5 && !pad && !hole;
    }
  }
  return valid;
}

TEST_CASE("Attention and its gradients are those of the composition", "[torch]") {
  const Initializer random(2);
  for (const bool biased : {true, false}) {
    for (const bool masked : {true, false}) {
      for (const std::int64_t examples : {1, 4, 9}) {
        CAPTURE(biased, masked, examples);
        const std::int64_t heads = 3;
        const at::Tensor q = random.normal("q", {examples, 5, heads * 4}, 1.0);
        // As the parts of one product are: not contiguous.
        const at::Tensor both = random.normal("kv", {examples, 7, 2 * heads * 4}, 1.0);
        const at::Tensor bias = random.normal("bias", {1, heads, 5, 7}, 1.0);
        const at::Tensor weights = random.normal("g", {examples, 5, heads * 4}, 1.0);
        std::vector<at::Tensor> results;
        for (const bool ours : {true, false}) {
          const at::Tensor queries = leaf(q);
          const at::Tensor memory = leaf(both);
          const at::Tensor added = leaf(bias);
          AttentionScores scores;
          if (biased) scores.bias = added;
          if (masked) scores.valid = some_valid(examples, 7);
          const auto parts = memory.split(heads * 4, -1);
          const at::Tensor out = ours ? attention(queries, parts[0], parts[1], scores, heads)
                                      : composed(queries, parts[0], parts[1], scores, heads);
          (out * weights).sum().backward();
          results.insert(results.end(), {out.detach(), queries.grad(), memory.grad(),
                                         biased ? added.grad() : at::zeros_like(bias)});
        }
        for (std::size_t i = 0; i < (biased ? 4 : 3); ++i) {
          CAPTURE(i);
          CHECK(test::relative_difference(results[i], results[i + 4]) < 1e-5);
        }
      }
    }
  }
}

TEST_CASE("Attention has the same bits for any number of threads, with and without a gradient",
          "[torch]") {
  const Initializer random(4);
  const at::Tensor x = random.normal("x", {13, 40, 64}, 1.0);
  const at::Tensor bias = random.normal("bias", {1, 4, 40, 40}, 1.0);
  const AttentionScores scores = {.bias = leaf(bias), .valid = some_valid(13, 40)};
  const int before = at::get_num_threads();
  std::vector<at::Tensor> results;
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    const at::Tensor in = leaf(x);
    scores.bias.mutable_grad() = at::Tensor();
    const at::Tensor out = attention(in, in, in, scores, 4);
    out.pow(3).sum().backward();
    const c10::InferenceMode guard;
    results.insert(results.end(), {out.detach(), in.grad(), scores.bias.grad(),
                                   attention(x, x, x, {bias, scores.valid}, 4)});
  }
  at::set_num_threads(before);
  for (std::size_t i = 0; i < 4; ++i) CHECK(at::equal(results[i], results[i + 4]));
  CHECK(at::equal(results[0], results[3]));
}

TEST_CASE("Attention of an example does not know its neighbours, nor the pads behind", "[torch]") {
  const Initializer random(5);
  const at::Tensor x = random.normal("x", {6, 12, 32}, 1.0);
  const at::Tensor valid = some_valid(6, 12);
  const at::Tensor all = attention(x, x, x, {{}, valid}, 2);
  const at::Tensor alone = x.narrow(0, 2, 1).narrow(1, 0, 10);
  const at::Tensor one =
      attention(alone, alone, alone, {{}, valid.narrow(0, 2, 1).narrow(1, 0, 10)}, 2);
  CHECK(at::equal(one[0], all[2].narrow(0, 0, 10)));
}

TEST_CASE("Dropped shares are divided by what stays", "[torch]") {
  // Queries of zeros share equally, and one-hot values give the shares themselves.
  constexpr std::int64_t kExamples = 64;
  constexpr std::int64_t kTokens = 32;
  constexpr double kDropped = 0.25;
  at::manual_seed(6);
  const at::Tensor zeros = at::zeros({kExamples, kTokens, kTokens});
  const at::Tensor hot = at::eye(kTokens).expand(zeros.sizes());
  const at::Tensor shares = attention(zeros, zeros, hot, {}, 1, kDropped);
  const at::Tensor kept = shares.gt(0.0);
  const double expected = 1.0 / (static_cast<double>(kTokens) * (1.0 - kDropped));
  CHECK(shares.masked_select(kept).sub(expected).abs().max().item<double>() < 1e-6);
  // 65,536 independent draws: five standard deviations.
  const double draws = static_cast<double>(kept.numel());
  const double rate = static_cast<double>(kept.sum().item<std::int64_t>()) / draws;
  CHECK(std::abs(rate - (1.0 - kDropped)) < 5.0 * std::sqrt(kDropped * (1.0 - kDropped) / draws));
}

}  // namespace
}  // namespace cupel::nn
