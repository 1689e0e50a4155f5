/// `nearest-neighbour`: what the training set says about the most similar molecules.
#pragma once

#include <span>
#include <vector>

#include "models/baselines/morgan_index.h"
#include "models/model.h"

namespace cupel::models {

/// Similarity is Tanimoto of Morgan counts (see morgan_index.h); of equally similar training
/// molecules the first counts as nearer.
///
/// Captioning: the text of the nearest training molecule; "" when no training molecule has a
/// feature in common with the input, or RDKit cannot read it.
///
/// Property: a vote of the nearest kVoters training molecules that have the label, each with the
/// weight of its similarity s, and of the prior p (priors.h) with the weight kPriorWeight:
///     (kPriorWeight · p + Σ s · [positive]) / (kPriorWeight + Σ s)
/// So a molecule that resembles nothing scores p, and far negatives lower it less than near ones:
/// molecules without a positive neighbour are ranked too. Molecules with similarity 0 have no vote.
class NearestNeighbour final : public Model {
 public:
  static constexpr std::size_t kVoters = 5;
  static constexpr double kPriorWeight = 1.0;

  void fit(const TrainingData& data, const Work& work) override;
  [[nodiscard]] std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                                  const Work& work) override;
  [[nodiscard]] std::vector<float> classify(std::span<const std::string_view> smiles,
                                            const Work& work) override;

 private:
  void vote(const std::vector<double>& similarity, std::span<float> scores) const;

  std::span<const Sample> train_;
  std::vector<double> priors_;
  MorganIndex index_;
};

}  // namespace cupel::models
