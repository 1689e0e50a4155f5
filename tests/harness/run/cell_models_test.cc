#include "harness/run/cell_models.h"

#include <memory>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using test::made_task;

TEST_CASE("a data set is read once for the cells that follow each other on it") {
  const test::TempDir dir;
  const auto pairs = test::made_set(dir, "pairs", {});
  const auto labels = test::made_set(dir, "labels", {.train = 30}, true);
  const auto script = std::make_shared<test::Script>();
  const Plan plan(
      test::made_manifest({test::fake_model("fake", script)},
                          {made_task("captioning", pairs), made_task("generation", pairs),
                           made_task("property-bbbp", labels)}),
      7);
  CellModels models(plan, test::roots(dir));
  CHECK(models.load(plan.cells()[0]));
  CHECK(models.examples().size() == 7);
  CHECK(models.examples().inputs()[0] == models.dataset().test[0].smiles);
  CHECK_FALSE(models.load(plan.cells()[1]));
  CHECK(models.examples().inputs()[0] == models.dataset().test[0].text);
  CHECK(models.training_sides(pairs).train.size() == 20);
  CHECK(models.training_sides(labels).train.size() == 30);
  CHECK(models.load(plan.cells()[2]));
  CHECK(models.examples().labels() == 2);
  CHECK(models.training_sides(pairs).train.size() == 20);
}

}  // namespace
