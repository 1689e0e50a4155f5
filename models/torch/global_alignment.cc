#include "models/torch/global_alignment.h"

#include <algorithm>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel::nn {
namespace {

at::Tensor unit_rows(const at::Tensor& x) { return x / x.norm(2, 1, true); }

Tokens as_float(const Tokens& tokens) { return {tokens.states.to(at::kFloat), tokens.valid}; }

/// [G, d]
at::Tensor mean_of_valid(const Tokens& tokens) {
  if (!tokens.valid.defined()) return tokens.states.mean(1);
  const at::Tensor valid = tokens.valid.unsqueeze(2);
  return tokens.states.masked_fill(valid.logical_not(), 0).sum(1) / valid.sum(1);
}

/// [G, d]: one weight for each position, the same for all channels.
at::Tensor by_position(const Tokens& tokens, const Linear& pool) {
  const std::int64_t length = pool.weight.size(1);
  if (tokens.states.size(1) != length)
    throw Error(
        Code::kUsage,
        fmt::format("a learned pool of {} positions was given {}", length, tokens.states.size(1)),
        "pad every input to the length, or pool with the masked mean");
  return pool(tokens.states.transpose(1, 2)).squeeze(2);
}

}  // namespace

double alpha_at(const AtomasOptions& options, std::int64_t step) {
  if (step >= options.alpha_ramp_steps) return options.alpha;
  return options.alpha * static_cast<double>(step) / static_cast<double>(options.alpha_ramp_steps);
}

GlobalAlignment::GlobalAlignment(Parameters& parameters, const Initializer& random,
                                 std::int64_t width, const AtomasOptions& options)
    : options_(options),
      temperature_(parameters.add("temp", at::full({}, options.temperature))),
      text_(side(parameters, random, "text", width)),
      smiles_(side(parameters, random, "smiles", width)),
      pointer_(parameters.add_state("queue_ptr", at::zeros({1}, at::kLong))) {}

GlobalAlignment::Side GlobalAlignment::side(Parameters& parameters, const Initializer& random,
                                            const std::string& name, std::int64_t width) const {
  Side made;
  if (options_.pool == Pool::kPositionLinear) {
    const std::string pool = name + "_linear";
    const Linear online = default_linear(parameters, random, pool, options_.length, 1);
    const at::Tensor weight = online.weight.detach().clone();
    const at::Tensor bias = online.bias.detach().clone();
    made.pool = {online,
                 {parameters.add_state(pool + "_m.weight", weight),
                  parameters.add_state(pool + "_m.bias", bias)}};
  }
  const std::string queue = name + "_queue";
  const at::Tensor keys = random.normal(queue, {width, options_.queue_size}, 1.0);
  made.queue = parameters.add_state(queue, keys / keys.norm(2, 0, true));
  return made;
}

const GlobalAlignment::Side& GlobalAlignment::of(Modality modality) const {
  return modality == Modality::kText ? text_ : smiles_;
}

at::Tensor GlobalAlignment::pooled(Modality modality, const Tokens& tokens) const {
  const auto& pool = of(modality).pool;
  const Tokens all = as_float(tokens);
  return unit_rows(pool ? by_position(all, pool->online) : mean_of_valid(all));
}

at::Tensor GlobalAlignment::pooled_by_momentum(Modality modality, const Tokens& tokens) const {
  const at::NoGradGuard guard;
  const auto& pool = of(modality).pool;
  const Tokens all = as_float(tokens);
  return unit_rows(pool ? by_position(all, pool->momentum) : mean_of_valid(all));
}

at::Tensor GlobalAlignment::direction(const at::Tensor& online, const at::Tensor& momentum,
                                      const at::Tensor& others, const at::Tensor& queue,
                                      double alpha) const {
  const at::Tensor keys = at::cat({others.t(), queue}, 1);
  at::Tensor target;
  {
    const at::NoGradGuard guard;
    target = at::softmax(at::mm(momentum, keys) / temperature_, 1) * alpha;
    target.diagonal().add_(1 - alpha);
  }
  const at::Tensor likelihood = at::log_softmax(at::mm(online, keys) / temperature_, 1);
  return (likelihood * target).sum(1).mean().neg();
}

at::Tensor GlobalAlignment::loss(const PairFeatures& online, const PairFeatures& momentum,
                                 double alpha) const {
  {
    const at::NoGradGuard guard;
    temperature_.clamp_(options_.temperature_min, options_.temperature_max);
  }
  const std::int64_t slices = options_.gather_positives ? 1 : options_.ranks;
  const std::int64_t batch = online.text.size(0);
  if (batch % slices != 0)
    throw Error(Code::kUsage, fmt::format("{} ranks do not divide a batch of {}", slices, batch));
  at::Tensor sum = at::zeros({}, online.text.options());
  for (std::int64_t i = 0; i < slices; ++i) {
    const auto part = [&](const at::Tensor& x) {
      return x.narrow(0, i * (batch / slices), batch / slices);
    };
    const at::Tensor text = part(momentum.text);
    const at::Tensor smiles = part(momentum.smiles);
    sum = sum + direction(part(online.text), text, smiles, smiles_.queue, alpha) +
          direction(part(online.smiles), smiles, text, text_.queue, alpha);
  }
  return sum / (2.0 * static_cast<double>(slices));
}

void GlobalAlignment::enqueue(const PairFeatures& momentum) {
  const at::NoGradGuard guard;
  const std::int64_t size = options_.queue_size;
  const std::int64_t batch = momentum.text.size(0);
  if (!options_.queue_remainder && size % batch != 0)
    throw Error(Code::kUsage,
                fmt::format("a batch of {} does not divide a queue of {}", batch, size),
                "choose a queue that is a multiple of the batch, or let it keep a remainder");
  if (size == 0) return;
  // Of a batch larger than the queue the last ones stay.
  const std::int64_t kept = std::min(batch, size);
  const std::int64_t begin = pointer_.item<std::int64_t>() + batch - kept;
  const at::Tensor places =
      at::arange(begin, begin + kept, pointer_.options().device(text_.queue.device()))
          .remainder_(size);
  text_.queue.index_copy_(1, places, momentum.text.narrow(0, batch - kept, kept).t());
  smiles_.queue.index_copy_(1, places, momentum.smiles.narrow(0, batch - kept, kept).t());
  pointer_.fill_((begin + kept) % size);
}

std::vector<std::pair<at::Tensor, at::Tensor>> GlobalAlignment::momentum_pairs() const {
  std::vector<std::pair<at::Tensor, at::Tensor>> pairs;
  for (const Side* side : {&text_, &smiles_}) {
    if (!side->pool) continue;
    pairs.emplace_back(side->pool->momentum.weight, side->pool->online.weight);
    pairs.emplace_back(side->pool->momentum.bias, side->pool->online.bias);
  }
  return pairs;
}

}  // namespace cupel::nn
