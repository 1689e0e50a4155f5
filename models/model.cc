#include "models/model.h"

#include <algorithm>
#include <stdexcept>

namespace cupel::models {

void Model::not_declared() {
  throw std::logic_error("a model was asked for what it does not declare");
}

std::vector<std::string> Model::generate(std::span<const std::string_view>, const Work&) {
  not_declared();
}

void Model::set_gallery(std::span<const std::string_view>, const Work&) { not_declared(); }

std::vector<float> Model::rank(std::span<const std::string_view>, const Work&) { not_declared(); }

std::vector<float> Model::classify(std::span<const std::string_view>, const Work&) {
  not_declared();
}

bool ModelEntry::can(Capability capability) const {
  return std::ranges::contains(capabilities, capability);
}

}  // namespace cupel::models
