#include "models/baselines/bm25.h"

#include <algorithm>
#include <ctime>
#include <sstream>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"
#include "tests/support/real_tables.h"
#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

const std::vector<Sample> kTrain = {
    {.smiles = "CCO", .text = "an alcohol of two carbons"},
    {.smiles = "CC(=O)O", .text = "vinegar acid"},
    {.smiles = "C(", .text = "broken thing"},
    {.smiles = "c1ccccc1O", .text = "phenol, an aromatic alcohol"},
};
using Texts = std::vector<std::string>;
using Scores = std::vector<float>;

float tanimoto(std::string_view a, std::string_view b) {
  return static_cast<float>(chem::tanimoto(chem::morgan_counts(test::molecule(a)),
                                           chem::morgan_counts(test::molecule(b))));
}

TEST_CASE("bm25 generates the molecule of the best training text, or nothing") {
  const auto model = test::fitted("bm25", Capability::kGeneration, kTrain);
  const std::string_view inputs[] = {"This is an ACID.", "aromatic", "sugar", "", "broken"};
  CHECK(model->generate(inputs, {}) == Texts{"CC(=O)O", "c1ccccc1O", "", "", "C("});
}

TEST_CASE("bm25 ranks molecules by their likeness to the one of the best training text") {
  const auto model = test::fitted("bm25", Capability::kMoleculeRetrieval, kTrain);
  const std::string_view gallery[] = {"CCCO", "C(", "Cc1ccccc1O", ""};
  model->set_gallery(gallery, {});
  const std::string_view queries[] = {"aromatic", "sugar", "broken"};
  CHECK(model->rank(queries, {}) == Scores{tanimoto("c1ccccc1O", "CCCO"), 0,
                                           tanimoto("c1ccccc1O", "Cc1ccccc1O"), 0,  //
                                           0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("bm25 ranks texts by the text of the nearest training molecule") {
  const auto model = test::fitted("bm25", Capability::kTextRetrieval, kTrain);
  const std::string_view gallery[] = {"wood alcohol", "", "some acid", "acid acid"};
  model->set_gallery(gallery, {});
  const Bm25Index index(gallery, {});
  const std::string_view queries[] = {"CCC(=O)O", "C(", "", "[U]"};
  const Scores scores = model->rank(queries, {});
  const auto expected = index.scores("vinegar acid");
  for (std::size_t i = 0; i < 4; ++i) CHECK(scores[i] == static_cast<float>(expected[i]));
  CHECK(scores[2] > 0);
  CHECK(std::all_of(scores.begin() + 4, scores.end(), [](float score) { return score == 0; }));
}

// The pairs of one part of PCdes: id, split, SMILES, description.
std::vector<Sample> pcdes(std::string_view part) {
  std::istringstream lines(test::unpacked(test::real_data("pcdes/pcdes_momu.tsv.gz")));
  std::vector<Sample> set;
  for (std::string id, split, smiles, text;
       std::getline(lines, id, '\t') && std::getline(lines, split, '\t') &&
       std::getline(lines, smiles, '\t') && std::getline(lines, text);) {
    if (split == part) set.push_back({.id = id, .smiles = smiles, .text = text, .labels = {}});
  }
  return set;
}

// How often the query's own candidate has the best score, ties against it.
double recall_at_1(Model& model, const std::vector<Sample>& test, std::string Sample::* query,
                   std::string Sample::* candidate) {
  std::vector<std::string_view> queries;
  std::vector<std::string_view> gallery;
  for (const Sample& sample : test) {
    queries.emplace_back(sample.*query);
    gallery.emplace_back(sample.*candidate);
  }
  model.set_gallery(gallery, {});
  const Scores scores = model.rank(queries, {});
  std::size_t hits = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto row = std::span(scores).subspan(i * test.size(), test.size());
    hits += std::ranges::count_if(row, [&](float s) { return s >= row[i]; }) == 1 ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(test.size());
}

TEST_CASE("bm25 takes seconds over PCdes, and finds more there than chance would") {
  const std::vector<Sample> train = pcdes("train");
  const std::vector<Sample> test = pcdes("test");
  REQUIRE(train.size() == 10494);
  const std::clock_t start = std::clock();
  const auto to_molecules = test::fitted("bm25", Capability::kMoleculeRetrieval, train);
  const double molecules = recall_at_1(*to_molecules, test, &Sample::text, &Sample::smiles);
  const auto to_texts = test::fitted("bm25", Capability::kTextRetrieval, train);
  const double texts = recall_at_1(*to_texts, test, &Sample::smiles, &Sample::text);
  const double taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  INFO("recall@1 of molecules " << molecules << ", of texts " << texts << ", " << taken << " s");
  CHECK(molecules > 0.02);  // chance: 0.0003
  CHECK(texts > 0.02);
#ifndef __SANITIZE_ADDRESS__
  CHECK(taken < 30.0);  // of processors; some 4 s
#endif
}

}  // namespace
}  // namespace cupel::models
