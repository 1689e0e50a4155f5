#include "models/baselines/ecfp_model.h"

#include <algorithm>
#include <utility>

#include "harness/chem/molecule.h"
#include "models/baselines/priors.h"

namespace cupel::models {
namespace {

using Prints = std::vector<std::optional<chem::BitFingerprint>>;

std::vector<LabelRows> questions_of(const TrainingData& data, const Prints& prints) {
  std::vector<LabelRows> questions;
  for (std::size_t label = 0; label < data.labels.size(); ++label) {
    LabelRows rows{.label = label};
    for (std::size_t i = 0; i < data.train.size(); ++i) {
      const std::int8_t value = data.train[i].labels[label];
      const std::optional<chem::BitFingerprint>& print = prints[i];
      if (value == 0 || !print) continue;
      rows.molecules.push_back(&*print);
      rows.positive.push_back(value > 0 ? 1 : 0);
    }
    if (std::ranges::contains(rows.positive, 0) && std::ranges::contains(rows.positive, 1))
      questions.push_back(std::move(rows));
  }
  return questions;
}

}  // namespace

std::optional<chem::BitFingerprint> EcfpModel::bits_of(std::string_view smiles) const {
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule) return std::nullopt;
  return chem::morgan_bits(*molecule, options_.bits, {.radius = options_.radius});
}

void EcfpModel::fit(const TrainingData& data, const Work& work) {
  constexpr double kReading = 0.2;  // of the whole work, roughly
  priors_ = label_priors(data);
  Prints prints(data.train.size());
  run_steps(prints.size(), work, {.end = kReading},
            [&](std::size_t i) { prints[i] = bits_of(data.train[i].smiles); });
  const std::vector<LabelRows> questions = questions_of(data, prints);
  trained_.assign(priors_.size(), false);
  for (const LabelRows& rows : questions) trained_[rows.label] = true;
  train(questions, priors_.size(), data.seed, work, {.begin = kReading});
}

std::vector<float> EcfpModel::classify(std::span<const std::string_view> smiles, const Work& work) {
  const std::size_t labels = priors_.size();
  std::vector<float> scores(smiles.size() * labels);
  run_steps(smiles.size(), work, {}, [&](std::size_t i) {
    const auto print = bits_of(smiles[i]);
    for (std::size_t label = 0; label < labels; ++label) {
      const bool known = print && trained_[label];
      scores[i * labels + label] =
          static_cast<float>(known ? probability(label, *print) : priors_[label]);
    }
  });
  return scores;
}

}  // namespace cupel::models
