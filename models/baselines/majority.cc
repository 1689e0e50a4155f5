#include "models/baselines/majority.h"

#include <cstddef>
#include <unordered_map>

#include "models/baselines/priors.h"

namespace cupel::models {

void Majority::fit(const TrainingData& data, const Work& /*work*/) {
  priors_ = label_priors(data);
  const auto output = data.capability == Capability::kGeneration ? &Sample::smiles : &Sample::text;
  std::unordered_map<std::string_view, std::size_t> times;
  for (const Sample& sample : data.train) ++times[sample.*output];
  std::size_t most = 0;
  for (const Sample& sample : data.train) {
    if (const std::size_t n = times[sample.*output]; n > most) {
      most = n;
      output_ = sample.*output;
    }
  }
}

std::vector<std::string> Majority::generate(std::span<const std::string_view> inputs,
                                            const Work& /*work*/) {
  return std::vector<std::string>(inputs.size(), std::string(output_));
}

std::vector<float> Majority::classify(std::span<const std::string_view> smiles,
                                      const Work& /*work*/) {
  std::vector<float> scores;
  scores.reserve(smiles.size() * priors_.size());
  for (std::size_t i = 0; i < smiles.size(); ++i) {
    for (const double prior : priors_) scores.push_back(static_cast<float>(prior));
  }
  return scores;
}

}  // namespace cupel::models
