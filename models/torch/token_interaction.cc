#include "models/torch/token_interaction.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>

namespace cupel::nn {
namespace {

std::vector<std::int64_t> lengths_of(const Tokens& tokens) {
  const std::int64_t examples = tokens.states.size(0);
  if (!tokens.valid.defined())
    return std::vector<std::int64_t>(static_cast<std::size_t>(examples), tokens.states.size(1));
  const at::Tensor counts = tokens.valid.sum(1).cpu();
  const auto* begin = counts.const_data_ptr<std::int64_t>();
  std::vector<std::int64_t> lengths(begin, begin + examples);
  if (std::ranges::find(lengths, 0) != lengths.end())
    throw std::invalid_argument("token interaction: an example has no token");
  return lengths;
}

/// [tokens] of the packed rows: softmax over the real tokens of each example alone.
at::Tensor weights_of_valid(const at::Tensor& scores, const at::Tensor& places,
                            const at::Tensor& states) {
  const std::int64_t slots = states.size(0) * states.size(1);
  const at::Tensor none =
      at::full({slots}, -std::numeric_limits<double>::infinity(), scores.options());
  const at::Tensor table = none.index_copy(0, places, scores);
  return at::softmax(table.view({states.size(0), states.size(1)}), -1)
      .view({-1})
      .index_select(0, places);
}

/// [G, tokens], 1 where a token is of an example.
at::Tensor segments(const PackedSide& side) {
  const at::Tensor& rows = side.units.rows;
  const at::Tensor lengths = at::tensor(side.units.lengths);
  const at::Tensor examples = at::arange(lengths.size(0));
  const at::Tensor of_tokens = at::repeat_interleave(examples, lengths);
  return (of_tokens.unsqueeze(0) == examples.unsqueeze(1)).to(rows.options());
}

/// A pad's similarity of 0 is larger than a negative one.
at::Tensor with_pads(const at::Tensor& maxima, const at::Tensor& padded) {
  return padded.defined() ? at::where(padded, maxima.clamp_min(0), maxima) : maxima;
}

}  // namespace

PackedSide packed(const WeightedTokens& side, PadSimilarity pads) {
  const at::Tensor& states = side.tokens.states;
  const bool masked = side.tokens.valid.defined();
  const at::Tensor places =
      masked ? at::nonzero(side.tokens.valid.reshape({-1})).view({-1})
             : at::arange(states.size(0) * states.size(1), states.options().dtype(at::kLong));
  const at::Tensor flat = states.reshape({-1, states.size(2)});
  const at::Tensor rows = masked ? flat.index_select(0, places) : flat;
  const at::Tensor weights =
      masked && pads == PadSimilarity::kExcluded
          ? weights_of_valid(side.network(rows), places, states)
          : at::softmax(side.network(states), -1).view({-1}).index_select(0, places);
  std::vector<std::int64_t> lengths = lengths_of(side.tokens);
  at::Tensor padded;
  if (masked && pads == PadSimilarity::kZero) padded = side.tokens.valid.all(1).logical_not();
  return {{rows / rows.norm(2, -1, true), std::move(lengths)}, weights, padded};
}

WeightNetwork::WeightNetwork(Parameters& parameters, const Initializer& random,
                             const std::string& name, std::int64_t width)
    : first(default_linear(parameters, random, name + ".0", width, 2 * width)),
      second(default_linear(parameters, random, name + ".2", 2 * width, 1)) {}

at::Tensor WeightNetwork::operator()(const at::Tensor& states) const {
  return second(at::relu(first(states))).squeeze(-1);
}

at::Tensor token_interaction(const PackedSide& text, const PackedSide& smiles) {
  const MaxSimilarity maxima = max_similarity(text.units, smiles.units);
  const at::Tensor of_text = with_pads(maxima.left, smiles.padded);
  const at::Tensor of_smiles =
      with_pads(maxima.right, text.padded.defined() ? text.padded.unsqueeze(1) : text.padded);
  const at::Tensor forth = at::mm(segments(text), of_text * text.weights.unsqueeze(1));
  const at::Tensor back = at::mm(of_smiles * smiles.weights, segments(smiles).t());
  return (forth + back) / 2;
}

at::Tensor token_interaction(const WeightedTokens& text, const WeightedTokens& smiles,
                             PadSimilarity pads) {
  return token_interaction(packed(text, pads), packed(smiles, pads));
}

}  // namespace cupel::nn
