/// `ecfp-forest`: a random forest on Morgan bits.
#pragma once

#include <vector>

#include "models/baselines/bit_forest.h"
#include "models/baselines/ecfp_model.h"

namespace cupel::models {

/// The mean of the trees' probabilities (bit_forest.h); tree number t of a label's forest grows
/// from tree_seed(seed, label, t).
class EcfpForest final : public EcfpModel {
 public:
  EcfpForest(const EcfpOptions& options, std::size_t trees, const BitTreeOptions& tree_options)
      : EcfpModel(options), trees_(trees), tree_options_(tree_options) {}

 private:
  void train(std::span<const LabelRows> questions, std::size_t labels, std::uint64_t seed,
             const Work& work, Share share) override;
  [[nodiscard]] double probability(std::size_t label,
                                   const chem::BitFingerprint& molecule) const override;

  std::size_t trees_;
  BitTreeOptions tree_options_;
  std::vector<std::vector<BitTree>> forests_;  // one a label
};

}  // namespace cupel::models
