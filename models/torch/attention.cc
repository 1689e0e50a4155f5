#include "models/torch/attention.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

namespace cupel::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kLowest = std::numeric_limits<float>::lowest();
/// Examples whose gradients of the bias are summed by one task: the sums do not depend on threads.
constexpr std::int64_t kBlock = 4;

/// Keys of each example up to its last valid one; all of them where none is, as in the reference.
std::vector<std::int64_t> keys_of(const at::Tensor& valid, const at::Tensor& k) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(k.size(0)), k.size(1));
  if (!valid.defined()) return counts;
  const at::Tensor plain = valid.contiguous();
  const bool* row = plain.const_data_ptr<bool>();
  for (std::int64_t& count : counts) {
    while (count > 0 && !row[count - 1]) --count;
    if (count == 0) count = k.size(1);
    row += k.size(1);
  }
  return counts;
}

/// One example's rows of `x` by head: [heads, T, d], a view.
at::Tensor heads_of(const at::Tensor& x, std::int64_t example, std::int64_t heads) {
  const at::Tensor rows = x.select(0, example);
  return rows.view({rows.size(0), heads, rows.size(1) / heads}).transpose(0, 1);
}

/// Runs body(block, example) for every example, those of one block in their order.
template <typename Body>
void for_examples(std::int64_t examples, const Body& body) {
  const std::int64_t blocks = (examples + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](std::int64_t first, std::int64_t last) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t end = std::min(examples, (block + 1) * kBlock);
      for (std::int64_t example = block * kBlock; example < end; ++example) body(block, example);
    }
  });
}

/// Returns the softmax of each example: [heads, queries, its keys].
variable_list forward_examples(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               const AttentionScores& scores, std::int64_t heads, at::Tensor& out) {
  variable_list shares(static_cast<std::size_t>(q.size(0)));
  const std::vector<std::int64_t> keys = keys_of(scores.valid, k);
  for_examples(q.size(0), [&](std::int64_t, std::int64_t i) {
    const auto slot = static_cast<std::size_t>(i);
    const std::int64_t count = keys[slot];
    const auto first_keys = [&](const at::Tensor& x) {
      return heads_of(x, i, heads).narrow(1, 0, count);
    };
    at::Tensor logits = at::bmm(heads_of(q, i, heads), first_keys(k).transpose(1, 2));
    if (scores.bias.defined()) logits.add_(scores.bias.select(0, 0).narrow(2, 0, count));
    if (scores.valid.defined()) {
      const at::Tensor valid = scores.valid.select(0, i).narrow(0, 0, count);
      if (!valid.all().item<bool>()) logits.masked_fill_(valid.logical_not(), kLowest);
    }
    shares[slot] = at::_softmax(logits, -1, false);
    heads_of(out, i, heads).copy_(at::bmm(shares[slot], first_keys(v)));
  });
  return shares;
}

class ByExample : public torch::autograd::Function<ByExample> {
 public:
  using Optional = std::optional<at::Tensor>;  // the only way to pass none

  static at::Tensor forward(AutogradContext* context, const at::Tensor& q, const at::Tensor& k,
                            const at::Tensor& v, const Optional& bias, const Optional& valid,
                            std::int64_t heads) {
    const AttentionScores scores = {bias.value_or(at::Tensor()), valid.value_or(at::Tensor())};
    at::Tensor out = at::empty(q.sizes(), q.options());
    variable_list saved = {q, k, v};
    for (at::Tensor& shares : forward_examples(q, k, v, scores, heads, out))
      saved.push_back(std::move(shares));
    context->save_for_backward(std::move(saved));
    context->saved_data["heads"] = heads;
    context->saved_data["biased"] = scores.bias.defined();
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const std::int64_t heads = context->saved_data["heads"].toInt();
    const bool biased = context->saved_data["biased"].toBool();
    const at::Tensor& q = saved[0];
    const at::Tensor& k = saved[1];
    const at::Tensor& v = saved[2];
    const at::Tensor dout = gradients[0].contiguous();
    const std::int64_t examples = q.size(0);
    const at::Tensor dq = at::empty(q.sizes(), q.options());
    const at::Tensor dk = at::empty(k.sizes(), k.options());
    const at::Tensor dv = at::empty(k.sizes(), k.options());
    at::Tensor sums;  // of the bias's gradient, by block
    if (biased) {
      sums =
          at::zeros({(examples + kBlock - 1) / kBlock, heads, q.size(1), k.size(1)}, q.options());
    }
    for_examples(examples, [&](std::int64_t block, std::int64_t i) {
      const at::Tensor& shares = saved[static_cast<std::size_t>(3 + i)];
      const std::int64_t count = shares.size(2);
      const auto first_keys = [&](const at::Tensor& x) {
        return heads_of(x, i, heads).narrow(1, 0, count);
      };
      const at::Tensor d = heads_of(dout, i, heads);
      const at::Tensor dlogits = at::_softmax_backward_data(
          at::bmm(d, first_keys(v).transpose(1, 2)), shares, -1, at::kFloat);
      heads_of(dq, i, heads).copy_(at::bmm(dlogits, first_keys(k)));
      first_keys(dk).copy_(at::bmm(dlogits.transpose(1, 2), heads_of(q, i, heads)));
      first_keys(dv).copy_(at::bmm(shares.transpose(1, 2), d));
      const std::int64_t unseen = k.size(1) - count;
      dk.select(0, i).narrow(0, count, unseen).zero_();
      dv.select(0, i).narrow(0, count, unseen).zero_();
      if (biased) sums.select(0, block).narrow(2, 0, count).add_(dlogits);
    });
    return {dq, dk, dv, biased ? sums.sum(0, true) : at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
  return x.unflatten(2, {heads, x.size(2) / heads}).transpose(1, 2);
}

at::Tensor join_heads(const at::Tensor& x) {
  return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

at::Tensor mask_scores(const at::Tensor& mask) {
  return mask.logical_not().to(at::kFloat).mul(kLowest).unsqueeze(1).unsqueeze(1);
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const AttentionScores& scores, std::int64_t heads, double dropout) {
  if (q.device().is_cpu() && q.scalar_type() == at::kFloat && dropout == 0.0 && q.numel() > 0) {
    if (at::GradMode::is_enabled()) {
      const auto given = [](const at::Tensor& x) {
        return x.defined() ? std::optional(x) : std::nullopt;
      };
      return ByExample::apply(q, k, v, given(scores.bias), given(scores.valid), heads);
    }
    at::Tensor out = at::empty(q.sizes(), q.options());
    forward_examples(q, k, v, scores, heads, out);
    return out;
  }
  at::Tensor logits = at::matmul(split_heads(q, heads), split_heads(k, heads).transpose(2, 3));
  if (scores.bias.defined()) logits = logits + scores.bias;
  if (scores.valid.defined()) logits = logits + mask_scores(scores.valid);
  const at::Tensor shares = at::dropout(at::softmax(logits, -1), dropout, true);
  return join_heads(at::matmul(shares, split_heads(v, heads)));
}

}  // namespace cupel::nn
