/// The similarity of texts to molecules as sets of tokens.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "models/torch/atomas_options.h"
#include "models/torch/layers.h"
#include "models/torch/max_similarity.h"
#include "models/torch/tokens.h"

namespace cupel::nn {

/// How much a token counts: Linear(d → 2d), ReLU, Linear(2d → 1).
struct WeightNetwork {
  /// Adds name.0.weight, name.0.bias, name.2.weight, name.2.bias.
  WeightNetwork(Parameters& parameters, const Initializer& random, const std::string& name,
                std::int64_t width);
  /// [..., d] → [...]
  [[nodiscard]] at::Tensor operator()(const at::Tensor& states) const;

  Linear first;
  Linear second;
};

/// One side of an interaction.
struct WeightedTokens {
  const Tokens& tokens;
  const WeightNetwork& network;
};

/// One side of an interaction, ready to meet any other: its real tokens alone.
struct PackedSide {
  Packed units;        ///< tokens of length 1
  at::Tensor weights;  ///< [tokens], the softmax of their example
  at::Tensor padded;   ///< bool [G]: has pads whose similarity is 0; undefined: pads have no part
};

/// `pads` says what happens where `valid` is false. Throws std::invalid_argument when an example
/// has no real token.
[[nodiscard]] PackedSide packed(const WeightedTokens& side, PadSimilarity pads);

/// Weighted token interaction (in the paper: weighted alignment module; in the released code
/// `wti`), R [texts, molecules] of all pairs. With unit tokens t, s and weights w =
/// softmax(network) over the tokens of an example:
///     R[a, b] = ½ (Σ_i w^t_ai max_j <t_ai, s_bj> + Σ_j w^s_bj max_i <t_ai, s_bj>)
/// Only real tokens are multiplied.
/// Swapped sides give the transposed matrix.
[[nodiscard]] at::Tensor token_interaction(const PackedSide& text, const PackedSide& smiles);

/// The same of sides that are packed first.
[[nodiscard]] at::Tensor token_interaction(const WeightedTokens& text, const WeightedTokens& smiles,
                                           PadSimilarity pads);

}  // namespace cupel::nn
