#include "models/baselines/nearest_neighbour.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/support/molecules.h"
#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;
using Texts = std::vector<std::string>;

TEST_CASE("nearest-neighbour captions with the text of the first most similar molecule") {
  const std::vector<Sample> train = {{.smiles = "CCO", .text = "ethanol"},
                                     {.smiles = "OCC", .text = "ethanol again"},
                                     {.smiles = "C(", .text = "broken"},
                                     {.smiles = "CCCCCCCC(=O)O", .text = "C8"},
                                     {.smiles = "CCCCCCCCCCCC(=O)O", .text = "C12"}};
  const auto model = test::fitted("nearest-neighbour", Capability::kCaptioning, train);
  const std::string_view inputs[] = {"C(C)O", "CCCCCCCCCCCCC(=O)O", "C(", "", "[U]"};
  CHECK(model->generate(inputs, {}) == Texts{"ethanol", "C12", "", "", ""});
}

// The vote of the header, straight from its words.
double vote(std::string_view query, const std::vector<Sample>& train, std::size_t label,
            double prior) {
  std::vector<std::pair<double, double>> labelled;  // similarity, positive
  for (const Sample& sample : train) {
    const auto molecule = chem::Molecule::from_smiles(sample.smiles);
    if (sample.labels[label] == 0 || !molecule) continue;
    labelled.emplace_back(
        chem::tanimoto(chem::morgan_counts(test::molecule(query)), chem::morgan_counts(*molecule)),
        sample.labels[label] > 0 ? 1.0 : 0.0);
  }
  std::ranges::stable_sort(labelled, std::ranges::greater(), &std::pair<double, double>::first);
  double weight = NearestNeighbour::kPriorWeight;
  double positive = NearestNeighbour::kPriorWeight * prior;
  for (std::size_t i = 0; i < std::min(NearestNeighbour::kVoters, labelled.size()); ++i) {
    weight += labelled[i].first;
    positive += labelled[i].first * labelled[i].second;
  }
  return positive / weight;
}

TEST_CASE("nearest-neighbour scores are the vote that the header defines") {
  const std::vector<Sample> train = test::small_set();
  const auto model = test::fitted("nearest-neighbour", Capability::kProperty, train);
  const auto majority = test::fitted("majority", Capability::kProperty, train);
  const std::string_view queries[] = {"c1ccccc1CCCBr", "NCCCCCCCCO", "OCC#N", "[U]", "CCCl"};
  const auto scores = model->classify(queries, {});
  const auto priors = majority->classify(queries, {});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    INFO(queries[i / 4] << ", " << test::small_labels()[i % 4]);
    CHECK_THAT(scores[i], WithinAbs(vote(queries[i / 4], train, i % 4, priors[i]), 1e-6));
  }
}

TEST_CASE("nearest-neighbour scores an unreadable or unlike molecule with the prior") {
  const std::vector<Sample> train = test::small_set();
  const auto model = test::fitted("nearest-neighbour", Capability::kProperty, train);
  const auto majority = test::fitted("majority", Capability::kProperty, train);
  const std::string_view queries[] = {"C(", "", "[U]"};
  CHECK(model->classify(queries, {}) == majority->classify(queries, {}));
}

}  // namespace
}  // namespace cupel::models
