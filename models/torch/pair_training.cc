#include "models/torch/pair_training.h"

#include <algorithm>
#include <numeric>

#include <c10/core/InferenceMode.h>

namespace cupel::nn {

PairTrainee::PairTrainee(AtomasNetwork& network, const Pairs& train, const Pairs& validation,
                         Targets targets, std::size_t batch, std::uint64_t seed)
    : network_(network),
      train_(train),
      validation_(validation),
      targets_(targets),
      batch_(batch),
      seed_(seed) {}

PairBatch PairTrainee::batch(const Pairs& pairs, std::span<const std::size_t> examples) const {
  const std::int64_t length = network_.pooled_length();
  return {.text = pad_rows(pairs.text, examples, length),
          .smiles = pad_rows(pairs.smiles, examples, length)};
}

Trainee::Parts PairTrainee::losses(std::span<const std::size_t> examples, std::int64_t step) {
  const Losses losses = network_.losses(batch(train_, examples), targets_, step, seed_);
  Parts parts = {{"loss", losses.total}};
  if (losses.global.defined()) parts.emplace_back("loss-ga", losses.global);
  if (losses.writing_text.defined()) parts.emplace_back("loss-lm-text", losses.writing_text);
  if (losses.writing_smiles.defined()) parts.emplace_back("loss-lm-smiles", losses.writing_smiles);
  for (std::size_t level = 0; level < losses.levels.size(); ++level)
    parts.emplace_back("loss-haa-" + std::to_string(level), losses.levels[level]);
  return parts;
}

std::pair<std::string, double> PairTrainee::validate() {
  const c10::InferenceMode guard;
  std::vector<std::size_t> order(validation_.text.size());
  std::iota(order.begin(), order.end(), 0);
  double sum = 0.0;
  for (std::size_t first = 0; first < order.size(); first += batch_) {
    const auto group = std::span(order).subspan(first, std::min(batch_, order.size() - first));
    const Losses losses = network_.losses_in_evaluation(batch(validation_, group), targets_);
    const bool language = targets_ != Targets::kBoth && losses.language.defined();
    const double loss = (language ? losses.language : losses.total).item<double>();
    sum += loss * static_cast<double>(group.size());
  }
  return {"validation-loss", sum / static_cast<double>(order.size())};
}

std::size_t PairTrainee::tokens(std::size_t example) const {
  return train_.text[example].size() + train_.smiles[example].size();
}

}  // namespace cupel::nn
