#include "models/torch/atomas_network.h"

#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

namespace cupel::nn {
namespace {

constexpr const char* kOnline = "molt5.";
constexpr const char* kMomentum = "molt5_m.";

/// Without L_ga there is nothing to learn a pool by, and no queue.
AtomasOptions global_options(const NetworkOptions& options) {
  AtomasOptions chosen = options.alignment;
  if (options.global_weight == 0.0) {
    chosen.pool = Pool::kMaskedMean;
    chosen.queue_size = 0;
  }
  return chosen;
}

}  // namespace

AtomasNetwork::AtomasNetwork(const NetworkOptions& options, std::uint64_t seed)
    : options_(options), parameters_(options.compute.device) {
  const Initializer random(seed);
  const std::int64_t width = options.t5.d_model;
  online_ = towers(kOnline, random, true);
  global_ = std::make_unique<GlobalAlignment>(parameters_, random, width, global_options(options));
  if (options.hierarchical_weight != 0.0 && options.alignment.levels > 0) {
    hierarchical_ =
        std::make_unique<HierarchicalAlignment>(parameters_, random, width, options.alignment);
  }
  if (options.momentum_copy) make_momentum();
}

AtomasNetwork::Towers AtomasNetwork::towers(const std::string& name, const Initializer& random,
                                            bool trained) {
  const T5Maker maker{options_.t5, parameters_, random, trained};
  const at::Tensor embedding = make_embedding(maker, name);
  Towers made;
  made.text.emplace(maker, name, embedding);
  made.decoder.emplace(maker, name, embedding);
  if (!options_.unified) {
    const std::string other = name + "smiles.";
    made.smiles.emplace(maker, other, make_embedding(maker, other));
  }
  return made;
}

void AtomasNetwork::make_momentum() {
  const std::size_t before = parameters_.all().size();
  momentum_ = towers(kMomentum, Initializer(0), false);
  for (std::size_t i = before; i < parameters_.all().size(); ++i) {
    const auto& copy = parameters_.all()[i];
    following_.push_back(copy.tensor);
    const std::string name = kOnline + copy.name.substr(std::string_view(kMomentum).size());
    followed_.push_back(parameters_.get(name));
  }
  for (const auto& [copy, original] : global_->momentum_pairs()) {
    following_.push_back(copy);
    followed_.push_back(original);
  }
  restart_momentum();
}

void AtomasNetwork::restart_momentum() {
  const at::NoGradGuard guard;
  for (std::size_t i = 0; i < following_.size(); ++i) following_[i].copy_(followed_[i]);
}

void AtomasNetwork::follow() {
  if (following_.empty()) return;
  const at::NoGradGuard guard;
  at::_foreach_lerp_(following_, followed_, 1.0 - options_.alignment.momentum);
}

const AtomasNetwork::Towers& AtomasNetwork::of(Weights weights) const {
  return weights == Weights::kOnline || following_.empty() ? online_ : momentum_;
}

const T5Decoder& AtomasNetwork::decoder(Weights weights) const { return *of(weights).decoder; }

Tokens AtomasNetwork::encode(Modality modality, const at::Tensor& ids, Weights weights,
                             bool train) const {
  const Towers& towers = of(weights);
  const bool own = modality == Modality::kSmiles && towers.smiles;
  const T5Encoder& encoder = own ? *towers.smiles : *towers.text;
  const at::Tensor placed = ids.to(parameters_.device());
  const at::Tensor valid = placed.ne(kPad);
  const Autocast guard(options_.compute);
  return {.states = encoder(placed, valid, train), .valid = valid};
}

at::Tensor AtomasNetwork::pooled(Modality modality, const Tokens& tokens) const {
  return global_->pooled(modality, tokens);
}

std::int64_t AtomasNetwork::pooled_length() const {
  // A learned pool has a weight for each position, pads too.
  return global_options(options_).pool == Pool::kPositionLinear ? options_.alignment.length : 0;
}

at::Tensor AtomasNetwork::language_loss(const Tokens& source, at::Tensor labels, bool train) const {
  labels = labels.to(parameters_.device());
  // Behind the longest target there is nothing to learn.
  const at::Tensor real = labels.ne(kPad);
  const auto longest = real.sum(1).max().item<std::int64_t>();
  labels = labels.narrow(1, 0, longest);
  const at::Tensor start = at::full({labels.size(0), 1}, kPad, labels.options());
  const at::Tensor seen = at::cat({start, labels.narrow(1, 0, longest - 1)}, 1);
  const T5Decoder& decoder = *online_.decoder;
  const at::Tensor places = real.narrow(1, 0, longest).reshape({-1}).nonzero().view({-1});
  at::Tensor logits;
  {
    const Autocast guard(options_.compute);
    const at::Tensor states = decoder(seen, source.states, source.valid, train);
    logits = decoder.head(states.reshape({-1, options_.t5.d_model}).index_select(0, places));
  }
  return at::cross_entropy_loss(logits.to(at::kFloat),
                                labels.reshape({-1}).index_select(0, places));
}

void AtomasNetwork::add_language(const Tokens& text, const Tokens& smiles, const PairBatch& batch,
                                 const Pass& pass, Losses& losses) const {
  Tokens both;
  if (options_.both_contexts) {
    both = {.states = at::cat({text.states, smiles.states}, 1),
            .valid = at::cat({text.valid, smiles.valid}, 1)};
  }
  const auto writing = [&](const Tokens& source, const at::Tensor& labels) {
    return language_loss(options_.both_contexts ? both : source, labels, pass.train);
  };
  if (pass.targets != Targets::kSmiles) losses.writing_text = writing(smiles, batch.text);
  if (pass.targets != Targets::kText) losses.writing_smiles = writing(text, batch.smiles);
  if (pass.targets == Targets::kBoth)
    losses.language = (losses.writing_text + losses.writing_smiles) / 2;
  else
    losses.language = losses.writing_text.defined() ? losses.writing_text : losses.writing_smiles;
}

PairFeatures AtomasNetwork::momentum_features(const PairBatch& batch, bool train) const {
  const at::NoGradGuard guard;
  const bool dropout = train && options_.teacher_dropout;
  const auto features = [&](Modality modality, const at::Tensor& ids) {
    return global_->pooled_by_momentum(modality,
                                       encode(modality, ids, Weights::kMomentum, dropout));
  };
  return {.text = features(Modality::kText, batch.text),
          .smiles = features(Modality::kSmiles, batch.smiles)};
}

Losses AtomasNetwork::forward(const PairBatch& batch, const PairFeatures& momentum,
                              const Pass& pass) const {
  // Without any alignment nobody reads the states of what the decoder writes.
  const bool both = momentum.text.defined() || hierarchical_ || options_.both_contexts;
  const auto states = [&](Modality modality, const at::Tensor& ids) {
    const bool written = pass.targets == Targets::kText     ? modality == Modality::kText
                         : pass.targets == Targets::kSmiles ? modality == Modality::kSmiles
                                                            : false;
    if (!both && written) return Tokens();
    return encode(modality, ids, Weights::kOnline, pass.train);
  };
  const Tokens text = states(Modality::kText, batch.text);
  const Tokens smiles = states(Modality::kSmiles, batch.smiles);
  Losses losses{.total = at::zeros({}, (text.states.defined() ? text : smiles).states.options())};
  if (momentum.text.defined()) {
    const PairFeatures online{.text = global_->pooled(Modality::kText, text),
                              .smiles = global_->pooled(Modality::kSmiles, smiles)};
    losses.global = global_->loss(online, momentum, pass.alpha);
    losses.total = losses.total + losses.global * options_.global_weight;
  }
  if (options_.language_weight != 0.0) {
    add_language(text, smiles, batch, pass, losses);
    losses.total = losses.total + losses.language * options_.language_weight;
  }
  if (hierarchical_) {
    auto result = (*hierarchical_)(text, smiles, pass.noise);
    losses.levels = std::move(result.level_losses);
    losses.total = losses.total + result.loss * options_.hierarchical_weight;
  }
  return losses;
}

Losses AtomasNetwork::losses(const PairBatch& batch, Targets targets, std::int64_t step,
                             std::uint64_t seed) {
  follow();
  PairFeatures momentum;
  if (options_.global_weight != 0.0) momentum = momentum_features(batch, true);
  const Losses losses = forward(batch, momentum,
                                {.targets = targets,
                                 .train = true,
                                 .alpha = alpha_at(options_.alignment, step),
                                 .noise = density_noise(options_.alignment, seed, step)});
  if (momentum.text.defined()) global_->enqueue(momentum);
  return losses;
}

Losses AtomasNetwork::losses_in_evaluation(const PairBatch& batch, Targets targets) const {
  PairFeatures momentum;
  if (options_.global_weight != 0.0) momentum = momentum_features(batch, false);
  return forward(
      batch, momentum,
      {.targets = targets, .train = false, .alpha = options_.alignment.alpha, .noise = {}});
}

}  // namespace cupel::nn
