/// A small training set and the in-tree models, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/chem/molecule.h"
#include "models/model.h"

namespace cupel::test {

/// The labels of small_set(): both classes, both with half the values missing, one class only, no
/// value at all.
inline const std::vector<std::string>& small_labels() {
  static const std::vector<std::string> labels = {"both", "sparse", "positive", "absent"};
  return labels;
}

/// 72 molecules with texts: chains with a head and a tail. Label "both" is about the head. One
/// molecule is none, one has an empty text.
inline std::vector<Sample> small_set() {
  chem::silence_rdkit();
  const std::vector<std::pair<std::string, std::string>> heads = {
      {"c1ccccc1", "a benzene ring"}, {"N", "an amine"}, {"OC(=O)", "a carboxylic acid"}};
  const std::vector<std::pair<std::string, std::string>> tails = {
      {"O", "an alcohol"}, {"Cl", "a chloride"}, {"C#N", "a nitrile"}, {"", "nothing else"}};
  std::vector<Sample> set;
  for (std::size_t length = 1; length <= 6; ++length) {
    for (const auto& [head, head_text] : heads) {
      for (const auto& [tail, tail_text] : tails) {
        const std::size_t i = set.size();
        const bool aromatic = head.starts_with('c');
        const auto sparse = static_cast<std::int8_t>(i % 2 == 0 ? 0 : tail == "Cl" ? 1 : -1);
        set.push_back({.id = std::to_string(i),
                       .smiles = head + std::string(length, 'C') + tail,
                       .text = "The molecule is " + head_text + " with " + std::to_string(length) +
                               " carbons and " + tail_text + ".",
                       .labels = {static_cast<std::int8_t>(aromatic ? 1 : -1), sparse, 1, 0}});
      }
    }
  }
  set[10].smiles = "C(";
  set[20].text = "";
  return set;
}

/// Models from their options' defaults, `overrides` apart.
inline std::unique_ptr<models::Model> made(std::string_view id, models::Options overrides = {}) {
  const models::ModelEntry& entry = models::model_registry().get(id);
  for (const models::ModelOption& option : entry.options)
    overrides.emplace(option.name, option.fallback);
  return entry.make(overrides);
}

/// made() and fitted to `train`; for properties with small_labels().
inline std::unique_ptr<models::Model> fitted(std::string_view id, Capability capability,
                                             std::span<const Sample> train,
                                             models::Options overrides = {}) {
  std::unique_ptr<models::Model> model = made(id, std::move(overrides));
  models::TrainingData data{.capability = capability, .train = train};
  if (capability == Capability::kProperty) data.labels = small_labels();
  model->fit(data, {});
  return model;
}

}  // namespace cupel::test
