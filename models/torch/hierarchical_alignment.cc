#include "models/torch/hierarchical_alignment.h"

#include <cmath>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

namespace cupel::nn {
namespace {

/// The clusters of clusters, seen from the tokens.
void extend(ClusterTrace& trace, const at::Tensor& index, const at::Tensor& valid) {
  const at::NoGradGuard guard;
  at::Tensor of_tokens = index;
  if (!trace.empty()) {
    const at::Tensor& below = trace.back();
    of_tokens = index.gather(1, below.clamp_min(0)).masked_fill(below < 0, -1);
  } else if (valid.defined()) {
    of_tokens = index.masked_fill(valid.logical_not(), -1);
  }
  trace.push_back(std::move(of_tokens));
}

/// Each token alone.
at::Tensor own_sets(const Tokens& tokens) {
  const at::Tensor places =
      at::arange(tokens.states.size(1), tokens.states.options().dtype(at::kLong))
          .expand({tokens.states.size(0), -1});
  return tokens.valid.defined() ? places.masked_fill(tokens.valid.logical_not(), -1) : places;
}

at::Tensor diagonal_cross_entropy(const at::Tensor& logits) {
  return at::log_softmax(logits, 1).diagonal().mean().neg();
}

}  // namespace

Noise density_noise(const AtomasOptions& options, std::uint64_t seed, std::int64_t step) {
  if (options.noise == DensityNoise::kOff) return {};
  return [random = Initializer(seed), step](std::string_view clustering, at::IntArrayRef shape) {
    const std::string name = std::string(clustering) + ' ' + std::to_string(step);
    return (random.uniform(name, shape, 1.0) + 1) / 2;
  };
}

HierarchicalAlignment::HierarchicalAlignment(Parameters& parameters, const Initializer& random,
                                             std::int64_t width, const AtomasOptions& options)
    : options_(options),
      logit_scale_(parameters.add("logit_scale", at::full({}, std::log(options.scale)))),
      text_(side(parameters, random, "text", width)),
      smiles_(side(parameters, random, "smiles", width)) {}

HierarchicalAlignment::Side HierarchicalAlignment::side(Parameters& parameters,
                                                        const Initializer& random,
                                                        std::string_view name,
                                                        std::int64_t width) const {
  const std::string full(name);
  const std::string letter(name.substr(0, 1));
  Side made;
  for (int level = 0; level < options_.levels; ++level) {
    const std::string number = std::to_string(level);
    made.networks.emplace_back(parameters, random, full + "_weight_fc_" + number, width);
    if (level == 0) continue;
    made.merging.emplace_back(parameters, random, letter + "_ctm" + number, width,
                              options_.ratios.at(static_cast<std::size_t>(level - 1)), options_);
    made.attention.emplace_back(parameters, random, letter + "_block" + number, width,
                                options_.heads);
  }
  return made;
}

Tokens HierarchicalAlignment::next(const Side& of, std::string_view name, const Tokens& tokens,
                                   const Noise& noise, ClusterTrace& trace) const {
  const std::size_t step = trace.size();
  at::Tensor drawn;
  if (noise) {
    drawn = noise(std::string(name) + "_ctm" + std::to_string(step + 1),
                  tokens.states.sizes().slice(0, 2))
                .to(tokens.states.device());
  }
  const TokenMerging::Result merged = of.merging[step](tokens, drawn);
  extend(trace, merged.clusters.index, tokens.valid);
  return {of.attention[step](merged), merged.merged.valid};
}

/// Each process keeps its slice of the gradient, and the mean over processes divides it.
Tokens HierarchicalAlignment::entering(const Tokens& tokens) const {
  const at::Tensor states = tokens.states.to(at::kFloat);
  if (options_.exact_gradient || options_.ranks == 1) return {states, tokens.valid};
  const at::Tensor part = states / static_cast<double>(options_.ranks);
  return {states.detach() + (part - part.detach()), tokens.valid};
}

/// Clusters without a real token are never compared.
PadSimilarity HierarchicalAlignment::pads_at(std::size_t level) const {
  return level == 0 ? options_.pad_similarity : PadSimilarity::kExcluded;
}

at::Tensor HierarchicalAlignment::level_loss(const at::Tensor& similarity) const {
  at::Tensor scale = logit_scale_.exp();
  if (std::isfinite(options_.scale_max)) scale = scale.clamp_max(options_.scale_max);
  const at::Tensor logits = similarity * scale;
  return (diagonal_cross_entropy(logits) + diagonal_cross_entropy(logits.t())) / 2;
}

HierarchicalAlignment::Result HierarchicalAlignment::operator()(const Tokens& text,
                                                                const Tokens& smiles,
                                                                const Noise& noise) const {
  Tokens t = entering(text);
  Tokens s = entering(smiles);
  Result result;
  result.loss = at::zeros({}, t.states.options());
  for (std::size_t level = 0; level < text_.networks.size(); ++level) {
    if (level > 0) {
      t = next(text_, "t", t, noise, result.text_clusters);
      s = next(smiles_, "s", s, noise, result.smiles_clusters);
    }
    result.similarities.push_back(token_interaction({t, text_.networks[level]},
                                                    {s, smiles_.networks[level]}, pads_at(level)));
    result.level_losses.push_back(level_loss(result.similarities.back()));
    result.loss = result.loss + result.level_losses.back();
  }
  return result;
}

std::vector<LevelSets> HierarchicalAlignment::sets(const Tokens& text, const Tokens& smiles) const {
  std::vector<LevelSets> levels;
  ClusterTrace text_trace;
  ClusterTrace smiles_trace;
  for (std::size_t level = 0; level < text_.networks.size(); ++level) {
    if (level == 0) {
      levels.push_back({text, smiles, own_sets(text), own_sets(smiles)});
      continue;
    }
    Tokens t = next(text_, "t", levels.back().text, {}, text_trace);
    Tokens s = next(smiles_, "s", levels.back().smiles, {}, smiles_trace);
    levels.push_back({std::move(t), std::move(s), text_trace.back(), smiles_trace.back()});
  }
  return levels;
}

PackedSide HierarchicalAlignment::packed(Modality modality, Tokens tokens,
                                         std::size_t level) const {
  const bool text = modality == Modality::kText;
  const Side& side = text ? text_ : smiles_;
  tokens = entering(tokens);
  ClusterTrace trace;
  while (trace.size() < level) tokens = next(side, text ? "t" : "s", tokens, {}, trace);
  return nn::packed({tokens, side.networks[level]}, pads_at(level));
}

}  // namespace cupel::nn
