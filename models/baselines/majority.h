/// `majority`: one answer to everything.
#pragma once

#include <string_view>
#include <vector>

#include "models/model.h"

namespace cupel::models {

/// Captioning: the text that most training samples have; generation: the molecule that most have,
/// as it is written there. Ties: the one that comes first; "" when there is no training sample.
/// Property: label_priors(), whatever the molecule.
class Majority final : public Model {
 public:
  void fit(const TrainingData& data, const Work& work) override;
  [[nodiscard]] std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                                  const Work& work) override;
  [[nodiscard]] std::vector<float> classify(std::span<const std::string_view> smiles,
                                            const Work& work) override;

 private:
  std::string_view output_;
  std::vector<double> priors_;
};

}  // namespace cupel::models
