/// Atomas's hierarchical adaptive alignment, L_haa.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/token_clustering.h"
#include "models/torch/token_interaction.h"

namespace cupel::nn {

/// U(0, 1) of a shape for the densities of one clustering ("t_ctm1", "s_ctm2", …).
using Noise = std::function<at::Tensor(std::string_view clustering, at::IntArrayRef shape)>;

/// What options.noise asks for at this step; empty for none.
[[nodiscard]] Noise density_noise(const AtomasOptions& options, std::uint64_t seed,
                                  std::int64_t step);

/// What one level compares, and where each token went.
struct LevelSets {
  Tokens text;
  Tokens smiles;
  at::Tensor text_sets;    ///< int64 [G, N]: which of text's each token went into; −1 for pads
  at::Tensor smiles_sets;  ///< the same of smiles
};

/// Where each token went: int64 [G, N] for level 1, then for level 2; −1 for pads.
using ClusterTrace = std::vector<at::Tensor>;

/// Level 0 compares tokens, level 1 their clusters, level 2 clusters of these:
///     L_haa = Σ_l ½ (CE(κ R_l) + CE(κ R_lᵀ)),  CE(A) = −mean_i log softmax(A_i·)_i
/// with R_l the token interaction, and for each modality modules of its own.
class HierarchicalAlignment {
 public:
  /// Adds logit_scale, {text,smiles}_weight_fc_0 to 2, {t,s}_ctm1, {t,s}_block1, and the same with
  /// 2: as many as options.levels needs. Throws Error{kUsage} when options.heads does not divide
  /// `width`.
  HierarchicalAlignment(Parameters& parameters, const Initializer& random, std::int64_t width,
                        const AtomasOptions& options);

  struct Result {
    at::Tensor loss;                       ///< Σ of level_losses
    std::vector<at::Tensor> level_losses;  ///< scalars
    std::vector<at::Tensor> similarities;  ///< R_l [G, G], rows are texts
    ClusterTrace text_clusters;
    ClusterTrace smiles_clusters;
  };
  /// States of the encoder with the masks of the tokenizer; text and SMILES may differ in N. Where
  /// pads have no part (strict()), slots that are pads in all examples can be cut off before.
  [[nodiscard]] Result operator()(const Tokens& text, const Tokens& smiles,
                                  const Noise& noise) const;

  /// The levels of a pass without noise: at level 0 each token is its own set.
  [[nodiscard]] std::vector<LevelSets> sets(const Tokens& text, const Tokens& smiles) const;

  /// What `level` (from 0, less than options.levels) compares of one modality, in a pass without
  /// noise: token_interaction of two such sides is its R.
  [[nodiscard]] PackedSide packed(Modality modality, Tokens tokens, std::size_t level) const;

 private:
  struct Side {
    std::vector<WeightNetwork> networks;
    std::vector<TokenMerging> merging;
    std::vector<MergedAttention> attention;
  };
  [[nodiscard]] Side side(Parameters& parameters, const Initializer& random, std::string_view name,
                          std::int64_t width) const;
  [[nodiscard]] Tokens next(const Side& of, std::string_view name, const Tokens& tokens,
                            const Noise& noise, ClusterTrace& trace) const;
  [[nodiscard]] Tokens entering(const Tokens& tokens) const;
  [[nodiscard]] PadSimilarity pads_at(std::size_t level) const;
  [[nodiscard]] at::Tensor level_loss(const at::Tensor& similarity) const;

  AtomasOptions options_;
  at::Tensor logit_scale_;  ///< ln κ
  Side text_;
  Side smiles_;
};

}  // namespace cupel::nn
