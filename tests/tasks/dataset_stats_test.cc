#include "tasks/dataset_stats.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"

using namespace cupel;
using namespace cupel::tasks;

TEST_CASE("a set is counted side by side and label by label") {
  chem::silence_rdkit();
  Dataset dataset;
  dataset.labels = {"a", "b"};
  dataset.train = {{.id = "1", .smiles = "C", .text = "é", .labels = {1, 0}},
                   {.id = "2", .smiles = "C", .text = "xyz", .labels = {-1, 0}},
                   {.id = "3", .smiles = "Cc1ccccc1", .text = "", .labels = {1, -1}},
                   {.id = "4", .smiles = "C(", .text = "xyz", .labels = {1, 1}}};
  dataset.test = {{.id = "5", .smiles = "c1ccccc1", .text = "", .labels = {0, 1}}};
  const DatasetStats stats = stats_of(dataset, true);
  const SideStats& train = stats.sides[0];
  CHECK(train.rows == 4);
  CHECK(train.smiles.mean == 13.0 / 4);
  CHECK(train.smiles.longest == 9);
  CHECK(train.text.mean == 7.0 / 4);
  CHECK(train.repeated_smiles == 1);
  CHECK(train.repeated_texts == 1);
  CHECK(train.unparsable == 1);
  CHECK(train.scaffolds == 2);
  CHECK(stats.sides[1].rows == 0);
  CHECK(stats.sides[1].smiles.mean == 0.0);
  CHECK(stats.sides[2].repeated_texts == 0);
  REQUIRE(stats.labels.size() == 2);
  CHECK(stats.labels[0].name == "a");
  CHECK(stats.labels[0].sides[0].positive == 3);
  CHECK(stats.labels[0].sides[0].negative == 1);
  CHECK(stats.labels[1].sides[0].missing == 2);
  CHECK(stats.labels[1].sides[2].positive == 1);
}
