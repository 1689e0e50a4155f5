/// The choices of Atomas's alignment that change a number.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace cupel::nn {

/// How the states X [L, d] of a text become one vector h [d].
enum class Pool : std::uint8_t {
  kPositionLinear,  ///< h = Σ_l a_l X_l + b over exactly L positions, pads among them
  kMaskedMean,      ///< the mean over real tokens; nothing to learn
};

/// What a pad is worth in the token interaction of level 0 (above, pads are always left out).
enum class PadSimilarity : std::uint8_t {
  kZero,  ///< similarity 0, which beats negative ones in the maximum, and a share of the softmax
  kExcluded,  ///< no part in maximum and softmax
};

/// What the clustering takes for the distance to a pad.
enum class PadDistance : std::uint8_t {
  kBatch,   ///< the largest distance of the whole batch + 1: neighbours in the batch matter
  kSample,  ///< pads are nobody's neighbours, and the largest distance is that of real tokens
};

/// From which length N the number of clusters max(⌈r N⌉, 1) comes.
enum class ClusterCount : std::uint8_t {
  kPadded,  ///< of the tensor
  kValid,   ///< of the example
};

/// What breaks ties of the clustering's densities.
enum class DensityNoise : std::uint8_t {
  kOff,     ///< the index: of two equal tokens the first is denser
  kSeeded,  ///< 1e-6 U(0, 1), drawn from the seed and the step
};

/// The defaults are the released code's. A number in brackets is the entry of the register of
/// hazards: where released code and paper, or common sense, part. Two of them are no options: every
/// squeeze names its dimension [A08], and all is float32, never bfloat16 [A19].
struct AtomasOptions {
  std::int64_t length = 512;  ///< L, which Pool::kPositionLinear must meet exactly
  /// Processes that are imitated: a batch of G examples counts as `ranks` slices of G / ranks. With
  /// 1, gather_positives and exact_gradient change nothing.
  std::int64_t ranks = 1;

  // L_ga: −mean_i Σ_j Y_ij log softmax_j(z_i · A_j / τ), mean of both directions
  Pool pool = Pool::kPositionLinear;  ///< [A06]
  bool gather_positives = false;      ///< [A07] the whole batch in A, not the rank's slice alone
  std::int64_t queue_size = 13200;    ///< Q; A has the momentum features of the batch and Q keys
  bool queue_remainder = false;       ///< [A09] a batch need not divide Q: the queue wraps inside
  double momentum = 0.995;            ///< θ_m ← momentum θ_m + (1 − momentum) θ
  double alpha = 0.4;                 ///< Y = α softmax(momentum similarities / τ) + (1 − α) I
  std::int64_t alpha_ramp_steps = 0;  ///< [A11] steps over which α grows from 0; 0: constant
  double temperature = 0.07;          ///< τ at the start; learned
  double temperature_min = 0.001;     ///< [A10] τ is clamped before each use
  double temperature_max = 0.5;

  // L_haa = Σ_l ½ (CE(κ R_l) + CE(κ R_lᵀ)), R the token interaction of level l
  int levels = 3;                         ///< 0 to 3: none, tokens, and up to two clusterings
  std::array<double, 2> ratios{.25, .5};  ///< r: clusters per token of the level below
  std::int64_t neighbours = 3;            ///< k of the density
  std::int64_t heads = 8;                 ///< of the attention from clusters to tokens
  double scale = 1 / 0.07;                ///< κ at the start; its logarithm is learned
  double scale_max = std::numeric_limits<double>::infinity();  ///< [A10] κ is min(κ, this)
  PadSimilarity pad_similarity = PadSimilarity::kZero;         ///< [A12]
  bool cluster_mask = false;        ///< [A13] levels 1, 2: clusters without a real token are pads
  bool masked_convolution = false;  ///< the convolution before clustering sees pads as 0
  bool stable_exp = false;          ///< [A15] weights are exp(score − largest score)
  DensityNoise noise = DensityNoise::kSeeded;      ///< [A16] the code draws afresh, without a seed
  PadDistance pad_distance = PadDistance::kBatch;  ///< [A17]
  ClusterCount cluster_count = ClusterCount::kPadded;  ///< as A13
  bool exact_gradient = false;  ///< [A18] states get all of L_haa's gradient, not 1 / ranks of it
};

/// What runs when the authors' code runs (github.com/yikunpku/Atomas).
[[nodiscard]] inline AtomasOptions released_code() { return {}; }

/// Masks where they belong: pads, and the other examples of the batch, change neither the vector
/// nor the clusters of an example, nor its similarity to another.
[[nodiscard]] inline AtomasOptions strict() {
  AtomasOptions options;
  options.pool = Pool::kMaskedMean;
  options.gather_positives = true;
  options.queue_remainder = true;
  options.scale_max = 100.0;
  options.pad_similarity = PadSimilarity::kExcluded;
  options.cluster_mask = true;
  options.masked_convolution = true;
  options.stable_exp = true;
  options.noise = DensityNoise::kOff;
  options.pad_distance = PadDistance::kSample;
  options.cluster_count = ClusterCount::kValid;
  options.exact_gradient = true;
  return options;
}

}  // namespace cupel::nn
