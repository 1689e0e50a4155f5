#include "harness/run/cell_examples.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "metrics/alignment/truth.h"
#include "results/content_digest.h"
#include "results/store.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;

tasks::Dataset dataset() {
  return {.labels = {"a", "b", "c"},
          .train = {{.id = "1", .smiles = "C", .text = "methane", .labels = {1, 1, 1}}},
          .validation = {},
          .test = {{.id = "2", .smiles = "CO", .text = "methanol", .labels = {1, -1, 0}},
                   {.id = "3", .smiles = "CN", .text = "methylamine", .labels = {-1, -1, 1}}}};
}

const tasks::Task& task(const char* id) { return tasks::task_registry().get(id); }

using Texts = std::vector<std::string_view>;

Texts all(std::span<const std::string_view> texts) { return {texts.begin(), texts.end()}; }

}  // namespace

TEST_CASE("what a cell asks and holds answers against, for each kind of task") {
  const tasks::Dataset data = dataset();
  const CellExamples captions(task("captioning"), data, 0);
  CHECK(all(captions.inputs()) == Texts{"CO", "CN"});
  CHECK(captions.reference(1) == "methylamine");
  CHECK(captions.gallery().empty());
  const CellExamples molecules(task("generation"), data, 0);
  CHECK(all(molecules.inputs()) == Texts{"methanol", "methylamine"});
  CHECK(molecules.reference(0) == "CO");
  CHECK(molecules.gallery().empty());
  const CellExamples by_text(task("text-to-molecule-retrieval"), data, 0);
  CHECK(all(by_text.inputs()) == Texts{"methanol", "methylamine"});
  CHECK(all(by_text.gallery()) == Texts{"CO", "CN"});
  const CellExamples by_molecule(task("molecule-to-text-choice"), data, 0);
  CHECK(all(by_molecule.gallery()) == Texts{"methanol", "methylamine"});
  CHECK(by_molecule.reference(0) == "methanol");
  const CellExamples properties(task("property-bbbp"), data, 0);
  CHECK(all(properties.inputs()) == Texts{"CO", "CN"});
  CHECK(properties.reference(0) == "[1,0,null]");
  CHECK(properties.reference(1) == "[0,0,1]");
  CHECK(properties.labels() == 3);
  CHECK(properties.gallery().empty());
}

TEST_CASE("of alignment, the input is molecule and text, and the reference what belongs together") {
  tasks::Dataset data = dataset();
  data.test[0].phrases = {{.begin = 0, .end = 8, .fragment = true, .atoms = {0, 1}}};
  const CellExamples pairs(task("fragment-alignment"), data, 0);
  CHECK(all(pairs.inputs()) == Texts{"CO\tmethanol", "CN\tmethylamine"});
  CHECK(pairs.reference(0) == metrics::write_truth(data.test[0]));
  CHECK(pairs.reference(1) == metrics::write_truth(data.test[1]));
  CHECK(pairs.gallery().empty());
}

TEST_CASE("the root is that of the examples in their order") {
  tasks::Dataset data = dataset();
  const CellExamples examples(task("captioning"), data, 0);
  results::MerkleTree tree;
  tree.add(results::example_digest("CO", "methanol"));
  tree.add(results::example_digest("CN", "methylamine"));
  CHECK(examples.root() == tree.root());
  CHECK(examples.digest(0) == results::example_digest("CO", "methanol"));
  // The same pairs, asked the other way, are other examples.
  CHECK(CellExamples(task("generation"), data, 0).root() != examples.root());
  std::ranges::reverse(data.test);
  CHECK(CellExamples(task("captioning"), data, 0).root() != examples.root());
}

TEST_CASE("a limit cuts examples, and never the gallery") {
  const tasks::Dataset data = dataset();
  const CellExamples one(task("text-to-molecule-retrieval"), data, 1);
  CHECK(one.size() == 1);
  CHECK(all(one.gallery()) == Texts{"CO", "CN"});
  CHECK(one.root() != CellExamples(task("text-to-molecule-retrieval"), data, 0).root());
  CHECK(CellExamples(task("text-to-molecule-retrieval"), data, 5).size() == 2);
}
