/// Fine-tuning for properties: a linear head on the states of a molecule, and all weights below it
/// (protocol harness-default: the authors' own is not published).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/atomas_network.h"
#include "models/torch/batches.h"
#include "models/torch/layers.h"
#include "models/torch/training.h"

namespace cupel::nn {

/// Molecules with a label a column: 1 positive, -1 negative, 0 missing.
struct LabelledMolecules {
  std::vector<Ids> smiles;
  std::vector<std::int8_t> labels;  ///< molecules × columns
};

/// What the names of the head's tensors begin with.
inline constexpr const char* kPropertyHead = "property_head";

/// Adds property_head.weight [columns, d_model] and .bias.
[[nodiscard]] Linear make_property_head(AtomasNetwork& network, std::uint64_t seed,
                                        std::int64_t columns);

/// Logits [G, columns] of token ids [G, N]: the head over the mean state of real tokens, or over
/// the vector that retrieval compares.
[[nodiscard]] at::Tensor property_logits(const AtomasNetwork& network, const Linear& head,
                                         const at::Tensor& ids, bool learned_pool, bool train);

/// Mean over the columns that have both classes of the area under the ROC curve, ties one half;
/// NaN when none has. `scores` and `labels` are molecules × columns.
[[nodiscard]] double mean_roc_auc(std::span<const float> scores,
                                  std::span<const std::int8_t> labels, std::size_t columns);

class PropertyTrainee final : public Trainee {
 public:
  /// All outlive this.
  PropertyTrainee(AtomasNetwork& network, const Linear& head, const LabelledMolecules& train,
                  const LabelledMolecules& validation, bool learned_pool);

  [[nodiscard]] Parameters& parameters() override { return network_.parameters(); }
  [[nodiscard]] std::size_t examples() const override { return train_.smiles.size(); }
  /// Binary cross-entropy, mean over the labels that are not missing.
  [[nodiscard]] Parts losses(std::span<const std::size_t> examples, std::int64_t step) override;
  /// "validation-auc-loss": 1 - mean_roc_auc, or 1 when it is not defined.
  [[nodiscard]] std::pair<std::string, double> validate() override;
  [[nodiscard]] std::size_t tokens(std::size_t example) const override;

 private:
  AtomasNetwork& network_;
  const Linear& head_;
  const LabelledMolecules& train_;
  const LabelledMolecules& validation_;
  bool learned_pool_;
};

}  // namespace cupel::nn
