// A plug-in that loads and then fails: it says why.
#include <stdexcept>

#include "models/plugin/plugin.h"

namespace {
cupel::plugin::Facts describe() { throw cupel::plugin::CapabilityError("no device"); }

/// Declares more than it has.
class Bare : public cupel::plugin::Model {
  void fit(const cupel::plugin::Training&, const cupel::plugin::Work&) override {
    throw std::runtime_error("the weights\nmelted");
  }
};

std::span<const cupel::plugin::Implementation> implementations() {
  using namespace cupel::plugin;
  static const Implementation all[] = {
      {"bare", [](const Options&) -> std::unique_ptr<Model> { return std::make_unique<Bare>(); }}};
  return all;
}
}  // namespace

CUPEL_PLUGIN("failing", implementations, describe)
