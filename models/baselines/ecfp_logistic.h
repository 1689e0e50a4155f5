/// `ecfp-logistic`: logistic regression on Morgan bits.
#pragma once

#include <vector>

#include "models/baselines/ecfp_model.h"

namespace cupel::models {

/// liblinear's L2R_LR (Fan et al. 2008; trust-region Newton on the primal problem
/// ½|w|² + c · Σ ln(1 + exp(−y w·x)), tolerance 1e-4) with a regularised intercept: scikit-learn's
/// LogisticRegression(C=c, solver="liblinear"). Nothing in it is random.
class EcfpLogistic final : public EcfpModel {
 public:
  EcfpLogistic(const EcfpOptions& options, double c) : EcfpModel(options), c_(c) {}

 private:
  void train(std::span<const LabelRows> questions, std::size_t labels, std::uint64_t seed,
             const Work& work, Share share) override;
  [[nodiscard]] double probability(std::size_t label,
                                   const chem::BitFingerprint& molecule) const override;

  double c_;
  std::vector<std::vector<double>> weights_;  // one list a label: one a bit, then the intercept
};

}  // namespace cupel::models
