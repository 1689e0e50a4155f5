#include "models/baselines/priors.h"

#include <cstddef>

namespace cupel::models {

std::vector<double> label_priors(const TrainingData& data) {
  std::vector<double> priors;
  for (std::size_t label = 0; label < data.labels.size(); ++label) {
    std::size_t labelled = 0;
    std::size_t positive = 0;
    for (const Sample& sample : data.train) {
      labelled += sample.labels[label] != 0 ? 1 : 0;
      positive += sample.labels[label] > 0 ? 1 : 0;
    }
    priors.push_back(labelled == 0 ? 0.5
                                   : static_cast<double>(positive) / static_cast<double>(labelled));
  }
  return priors;
}

}  // namespace cupel::models
