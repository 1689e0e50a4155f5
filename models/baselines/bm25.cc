#include "models/baselines/bm25.h"

#include <algorithm>

namespace cupel::models {

void Bm25::fit(const TrainingData& data, const Work& work) {
  capability_ = data.capability.value();
  train_ = data.train;
  const bool from_molecules = capability_ == Capability::kTextRetrieval;
  std::vector<std::string_view> inputs;
  for (const Sample& sample : train_)
    inputs.push_back(from_molecules ? sample.smiles : sample.text);
  if (from_molecules) {
    molecules_ = MorganIndex(morgan_counts_of(inputs, work, {}));
  } else {
    texts_ = Bm25Index(inputs, options_);
  }
}

std::vector<std::string> Bm25::generate(std::span<const std::string_view> inputs,
                                        const Work& work) {
  std::vector<std::string> molecules(inputs.size());
  run_steps(inputs.size(), work, {}, [&](std::size_t i) {
    if (const auto best = texts_.best(inputs[i])) molecules[i] = train_[*best].smiles;
  });
  return molecules;
}

void Bm25::set_gallery(std::span<const std::string_view> candidates, const Work& work) {
  gallery_size_ = candidates.size();
  if (capability_ == Capability::kTextRetrieval) {
    texts_ = Bm25Index(candidates, options_);
  } else {
    molecules_ = MorganIndex(morgan_counts_of(candidates, work, {}));
  }
}

std::vector<float> Bm25::rank(std::span<const std::string_view> queries, const Work& work) {
  std::vector<float> scores(queries.size() * gallery_size_, 0.0F);
  run_steps(queries.size(), work, {}, [&](std::size_t i) {
    const std::vector<double> row = rank_one(queries[i]);
    std::ranges::transform(row, scores.begin() + static_cast<std::ptrdiff_t>(i * gallery_size_),
                           [](double score) { return static_cast<float>(score); });
  });
  return scores;
}

std::vector<double> Bm25::rank_one(std::string_view query) const {
  if (capability_ == Capability::kTextRetrieval) {
    const auto nearest = molecules_.nearest(morgan_counts_of(query));
    return texts_.scores(nearest ? std::string_view(train_[*nearest].text) : std::string_view());
  }
  const auto best = texts_.best(query);
  return molecules_.similarities(best ? morgan_counts_of(train_[*best].smiles) : std::nullopt);
}

}  // namespace cupel::models
