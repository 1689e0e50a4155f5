/// Training on pairs of molecule and text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/torch/atomas_network.h"
#include "models/torch/batches.h"
#include "models/torch/training.h"

namespace cupel::nn {

/// Token ids of pairs, the same number of both.
struct Pairs {
  std::vector<Ids> text;
  std::vector<Ids> smiles;
};

class PairTrainee final : public Trainee {
 public:
  /// All outlive this. `batch` is that of the training.
  PairTrainee(AtomasNetwork& network, const Pairs& train, const Pairs& validation, Targets targets,
              std::size_t batch, std::uint64_t seed);

  [[nodiscard]] Parameters& parameters() override { return network_.parameters(); }
  [[nodiscard]] std::size_t examples() const override { return train_.text.size(); }
  [[nodiscard]] Parts losses(std::span<const std::size_t> examples, std::int64_t step) override;
  /// "validation-loss": L_lm in a training for one direction, else what is trained on.
  [[nodiscard]] std::pair<std::string, double> validate() override;
  [[nodiscard]] std::size_t tokens(std::size_t example) const override;

 private:
  [[nodiscard]] PairBatch batch(const Pairs& pairs, std::span<const std::size_t> examples) const;

  AtomasNetwork& network_;
  const Pairs& train_;
  const Pairs& validation_;
  Targets targets_;
  std::size_t batch_;
  std::uint64_t seed_;
};

}  // namespace cupel::nn
