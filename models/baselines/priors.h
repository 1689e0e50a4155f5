/// What the training labels say before anything is known of a molecule.
#pragma once

#include <vector>

#include "models/model.h"

namespace cupel::models {

/// One a label: the share of positives among the training samples that have the label; ½ when none
/// has it.
[[nodiscard]] std::vector<double> label_priors(const TrainingData& data);

}  // namespace cupel::models
