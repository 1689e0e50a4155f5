/// What the classifiers on fingerprint bits share: features, labels and the answers that need none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/chem/fingerprint.h"
#include "models/baselines/steps.h"
#include "models/model.h"

namespace cupel::models {

/// chem::morgan_bits, chirality ignored; radius 2 is ECFP4.
struct EcfpOptions {
  unsigned radius = 2;
  std::size_t bits = 2048;
};

/// One question: the training molecules that have its label.
struct LabelRows {
  std::size_t label = 0;  ///< its number
  std::vector<const chem::BitFingerprint*> molecules;
  std::vector<std::int8_t> positive;  ///< 0 or 1, one a molecule; both occur
};

/// One binary classifier a label, over the training molecules that have the label and that RDKit
/// can read; each must be finite. A label that has one class only among these, and every label of a
/// molecule that RDKit cannot read, scores the label's prior (priors.h).
class EcfpModel : public Model {
 public:
  explicit EcfpModel(const EcfpOptions& options) : options_(options) {}

  void fit(const TrainingData& data, const Work& work) final;
  [[nodiscard]] std::vector<float> classify(std::span<const std::string_view> smiles,
                                            const Work& work) final;

 protected:
  [[nodiscard]] std::size_t bits() const { return options_.bits; }

  /// Makes the classifiers of these labels; called once by fit(). `labels` counts all labels.
  virtual void train(std::span<const LabelRows> questions, std::size_t labels, std::uint64_t seed,
                     const Work& work, Share share) = 0;
  /// The probability of a positive by a classifier that train() made. Thread-safe.
  [[nodiscard]] virtual double probability(std::size_t label,
                                           const chem::BitFingerprint& molecule) const = 0;

 private:
  [[nodiscard]] std::optional<chem::BitFingerprint> bits_of(std::string_view smiles) const;

  EcfpOptions options_;
  std::vector<double> priors_;
  std::vector<bool> trained_;  // one a label
};

}  // namespace cupel::models
