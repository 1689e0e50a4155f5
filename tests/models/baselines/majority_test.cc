#include "models/baselines/majority.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

const std::vector<Sample> kTrain = {
    {.smiles = "C", .text = "x", .labels = {1, 1, 0, 0}},
    {.smiles = "CC", .text = "y", .labels = {-1, 0, 0, 0}},
    {.smiles = "CC", .text = "z", .labels = {-1, 0, 0, -1}},
    {.smiles = "C", .text = "z", .labels = {-1, 0, -1, -1}},
};
using Texts = std::vector<std::string>;

TEST_CASE("majority answers with the most frequent training output, the first of several") {
  const std::string_view inputs[] = {"CCO", "not a molecule"};
  const auto captions = test::fitted("majority", Capability::kCaptioning, kTrain);
  CHECK(captions->generate(inputs, {}) == Texts{"z", "z"});
  const auto molecules = test::fitted("majority", Capability::kGeneration, kTrain);
  CHECK(molecules->generate(inputs, {}) == Texts{"C", "C"});
  const auto untrained = test::fitted("majority", Capability::kGeneration, {});
  CHECK(untrained->generate(inputs, {}) == Texts{"", ""});
}

TEST_CASE("majority scores every molecule with the labels' shares") {
  const std::string_view inputs[] = {"CCO", "C("};
  const auto model = test::fitted("majority", Capability::kProperty, kTrain);
  CHECK(model->classify(inputs, {}) ==
        std::vector<float>{0.25F, 1.0F, 0.0F, 0.0F, 0.25F, 1.0F, 0.0F, 0.0F});
}

TEST_CASE("copy gives its input back") {
  const std::string_view inputs[] = {"CCO", "", " \xFF"};
  const auto model = test::fitted("copy", Capability::kCaptioning, kTrain);
  CHECK(model->generate(inputs, {}) == Texts{"CCO", "", " \xFF"});
}

}  // namespace
}  // namespace cupel::models
