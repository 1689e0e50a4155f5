#include "models/baselines/nearest_neighbour.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/baselines/priors.h"

namespace cupel::models {

void NearestNeighbour::fit(const TrainingData& data, const Work& work) {
  train_ = data.train;
  priors_ = label_priors(data);
  std::vector<std::string_view> smiles;
  for (const Sample& sample : train_) smiles.push_back(sample.smiles);
  index_ = MorganIndex(morgan_counts_of(smiles, work, {}));
}

std::vector<std::string> NearestNeighbour::generate(std::span<const std::string_view> inputs,
                                                    const Work& work) {
  std::vector<std::string> texts(inputs.size());
  run_steps(inputs.size(), work, {}, [&](std::size_t i) {
    if (const auto nearest = index_.nearest(morgan_counts_of(inputs[i])))
      texts[i] = train_[*nearest].text;
  });
  return texts;
}

std::vector<float> NearestNeighbour::classify(std::span<const std::string_view> smiles,
                                              const Work& work) {
  std::vector<float> scores(smiles.size() * priors_.size());
  run_steps(smiles.size(), work, {}, [&](std::size_t i) {
    vote(index_.similarities(morgan_counts_of(smiles[i])),
         std::span(scores).subspan(i * priors_.size(), priors_.size()));
  });
  return scores;
}

void NearestNeighbour::vote(const std::vector<double>& similarity, std::span<float> scores) const {
  struct Tally {
    std::size_t voters = 0;
    double weight = 0.0;
    double positive = 0.0;
  };
  // A heap, because a few of the nearest are usually enough for every label.
  using Neighbour = std::pair<double, std::int64_t>;  // similarity, −index: the first wins ties
  std::vector<Neighbour> heap;
  for (std::size_t i = 0; i < similarity.size(); ++i) {
    if (similarity[i] > 0.0) heap.emplace_back(similarity[i], -static_cast<std::int64_t>(i));
  }
  std::ranges::make_heap(heap);
  std::vector<Tally> tallies(scores.size());
  std::size_t open = scores.size();
  for (auto end = heap.end(); open > 0 && end != heap.begin(); --end) {
    std::ranges::pop_heap(heap.begin(), end);
    const auto& [weight, index] = *(end - 1);
    const std::vector<std::int8_t>& labels = train_[static_cast<std::size_t>(-index)].labels;
    for (std::size_t label = 0; label < tallies.size(); ++label) {
      Tally& tally = tallies[label];
      if (labels[label] == 0 || tally.voters == kVoters) continue;
      tally.weight += weight;
      if (labels[label] > 0) tally.positive += weight;
      if (++tally.voters == kVoters) --open;
    }
  }
  for (std::size_t label = 0; label < tallies.size(); ++label) {
    const Tally& tally = tallies[label];
    scores[label] = static_cast<float>((kPriorWeight * priors_[label] + tally.positive) /
                                       (kPriorWeight + tally.weight));
  }
}

}  // namespace cupel::models
