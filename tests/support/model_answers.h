/// Training data, and every capability of a model on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "models/model.h"

namespace cupel::test {

inline std::vector<Sample> three_samples() {
  return {{.id = "1", .smiles = "CCO", .text = "ethanol, an alcohol", .labels = {1, -1}},
          {.id = "2", .smiles = "CC(=O)O", .text = "acetic \"acid\"\n, β", .labels = {-1, 0}},
          {.id = "3", .smiles = "c1ccccc1", .text = "benzene, aromatic", .labels = {-1, 1}}};
}

inline std::vector<std::string> two_labels() { return {"drinkable", "smelly"}; }

inline models::Options defaults_of(const models::ModelEntry& entry) {
  models::Options options;
  for (const models::ModelOption& option : entry.options) options[option.name] = option.fallback;
  return options;
}

/// A model that answers with what belongs to the nearest of three_samples() must say this.
inline void check_nearest(const models::ModelEntry& entry) {
  const std::vector<Sample> samples = three_samples();
  const std::vector<std::string> labels = two_labels();
  const auto fitted = [&](Capability capability) {
    REQUIRE(entry.can(capability));
    auto model = entry.make(defaults_of(entry));
    double share = 0.0;
    double examples = 0.0;
    models::Work work;
    work.progress = [&](double done) { share = done; };
    work.fact = [&](std::string_view name, std::uint64_t /*step*/, double value) {
      if (name == "examples") examples = value;
    };
    model->fit({.capability = capability, .train = samples, .labels = labels, .seed = ~0ULL}, work);
    CHECK(share == 1.0);
    CHECK(examples == 3.0);
    return model;
  };
  const std::vector<std::string_view> molecules = {"CC(=O)OC", "c1ccccc1C"};
  const std::vector<std::string_view> texts = {"a strong alcohol", "it is aromatic"};
  CHECK(fitted(Capability::kCaptioning)->generate(molecules, {}) ==
        std::vector<std::string>{samples[1].text, samples[2].text});
  CHECK(fitted(Capability::kGeneration)->generate(texts, {}) ==
        std::vector<std::string>{"CCO", "c1ccccc1"});
  CHECK(fitted(Capability::kGeneration)->generate({}, {}).empty());

  const auto by_text = fitted(Capability::kMoleculeRetrieval);
  by_text->set_gallery(std::vector<std::string_view>{"c1ccccc1", "CCO"}, {});
  CHECK(by_text->rank(texts, {}) == std::vector<float>{0, 1, 1, 0});
  const auto by_molecule = fitted(Capability::kTextRetrieval);
  by_molecule->set_gallery(std::vector<std::string_view>{samples[2].text}, {});
  CHECK(by_molecule->rank(std::vector<std::string_view>{"c1ccccc1C"}, {}) == std::vector<float>{1});
  CHECK(fitted(Capability::kProperty)->classify(molecules, {}) == std::vector<float>{-1, 0, -1, 1});
}

}  // namespace cupel::test
