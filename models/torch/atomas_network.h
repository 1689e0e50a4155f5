/// Atomas as a network: encoders, decoder, their momentum copies, and the losses of a batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/atomas_options.h"
#include "models/torch/compute.h"
#include "models/torch/global_alignment.h"
#include "models/torch/hierarchical_alignment.h"
#include "models/torch/t5.h"

namespace cupel::nn {

struct NetworkOptions {
  T5Config t5;
  bool unified = true;         ///< one encoder for text and SMILES; else one each, embeddings too
  double global_weight = 1.0;  ///< of L_ga; 0: no queues, no L_ga
  double language_weight = 10.0;     ///< of L_lm
  double hierarchical_weight = 1.0;  ///< of L_haa
  bool momentum_copy = true;         ///< keep θ_m, which L_ga needs, and generation may use [A04]
  bool teacher_dropout = true;       ///< θ_m computes with dropout in training [A05]
  bool both_contexts = false;        ///< the decoder sees text and SMILES states, Fig. 2 [A03]
  AtomasOptions alignment;
  Compute compute;
};

/// What the decoder learns to write; with both, L_lm is the mean of the two.
enum class Targets : std::uint8_t { kText, kSmiles, kBoth };

/// Which set of weights answers [A04].
enum class Weights : std::uint8_t { kOnline, kMomentum };

/// Token ids [G, N] int64, filled up with pads, on any device.
struct PairBatch {
  at::Tensor text;
  at::Tensor smiles;
};

/// Of one batch; what is not computed is undefined.
struct Losses {
  at::Tensor total;
  at::Tensor global;
  at::Tensor language;
  at::Tensor writing_text;         ///< L_lm of this direction
  at::Tensor writing_smiles;       ///< L_lm of that one
  std::vector<at::Tensor> levels;  ///< of L_haa
};

class AtomasNetwork {
 public:
  AtomasNetwork(const NetworkOptions& options, std::uint64_t seed);

  /// One training forward: θ_m follows θ first, and the queues take the batch last. `step` counts
  /// optimisation steps from 0; with `seed` it decides all that is drawn.
  [[nodiscard]] Losses losses(const PairBatch& batch, Targets targets, std::int64_t step,
                              std::uint64_t seed);
  /// The same without learning anything: no dropout, no queue moves.
  [[nodiscard]] Losses losses_in_evaluation(const PairBatch& batch, Targets targets) const;

  /// States of the encoder [G, N, d], and which are no pads; `ids` may be on any device.
  [[nodiscard]] Tokens encode(Modality modality, const at::Tensor& ids, Weights weights,
                              bool train = false) const;
  /// A vector of length 1 for each row of online states, [G, d]: what L_ga compares; without L_ga
  /// the masked mean.
  [[nodiscard]] at::Tensor pooled(Modality modality, const Tokens& tokens) const;
  [[nodiscard]] const T5Decoder& decoder(Weights weights) const;
  /// The N that every batch that is pooled must have; 0: any will do.
  [[nodiscard]] std::int64_t pooled_length() const;

  /// θ_m becomes θ, as at the start: after other weights were loaded.
  void restart_momentum();

  [[nodiscard]] const NetworkOptions& options() const { return options_; }
  [[nodiscard]] Parameters& parameters() { return parameters_; }
  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  /// Null without L_haa.
  [[nodiscard]] const HierarchicalAlignment* hierarchical() const { return hierarchical_.get(); }

 private:
  struct Towers {
    std::optional<T5Encoder> text;
    std::optional<T5Encoder> smiles;  ///< only when they are separate
    std::optional<T5Decoder> decoder;
  };
  /// What one forward pass is told.
  struct Pass {
    Targets targets;
    bool train;
    double alpha;
    Noise noise;
  };

  [[nodiscard]] Towers towers(const std::string& name, const Initializer& random, bool trained);
  void make_momentum();
  /// θ_m ← m θ_m + (1 − m) θ.
  void follow();
  [[nodiscard]] const Towers& of(Weights weights) const;
  /// L_lm of writing `labels`, token ids [G, N], from the states of `source`.
  [[nodiscard]] at::Tensor language_loss(const Tokens& source, at::Tensor labels, bool train) const;
  void add_language(const Tokens& text, const Tokens& smiles, const PairBatch& batch,
                    const Pass& pass, Losses& losses) const;
  [[nodiscard]] PairFeatures momentum_features(const PairBatch& batch, bool train) const;
  [[nodiscard]] Losses forward(const PairBatch& batch, const PairFeatures& momentum,
                               const Pass& pass) const;

  NetworkOptions options_;
  Parameters parameters_;
  Towers online_;
  Towers momentum_;
  std::vector<at::Tensor> followed_;   // θ
  std::vector<at::Tensor> following_;  // θ_m, in the same order
  std::unique_ptr<GlobalAlignment> global_;
  std::unique_ptr<HierarchicalAlignment> hierarchical_;
};

}  // namespace cupel::nn
