#include "models/model.h"

#include <algorithm>
#include <stdexcept>

namespace cupel::models {

void Model::load(const TrainedStage& /*stage*/, const Work& /*work*/) { not_declared(); }

std::vector<std::string> Model::generate(std::span<const std::string_view> /*inputs*/,
                                         const Work& /*work*/) {
  not_declared();
}

void Model::set_gallery(std::span<const std::string_view> /*candidates*/, const Work& /*work*/) {
  not_declared();
}

std::vector<float> Model::rank(std::span<const std::string_view> /*queries*/,
                               const Work& /*work*/) {
  not_declared();
}

std::vector<float> Model::classify(std::span<const std::string_view> /*smiles*/,
                                   const Work& /*work*/) {
  not_declared();
}

void Model::not_declared() {
  throw std::logic_error("a model was asked for what its entry does not declare");
}

bool ModelEntry::can(Capability capability) const {
  return std::ranges::contains(capabilities, capability);
}

}  // namespace cupel::models
