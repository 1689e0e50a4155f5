#include "harness/run/invariance.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using test::made_task;

/// The fake, audited on one task.
struct Place {
  [[nodiscard]] std::vector<ConditionResult> audit(const std::string& task) const {
    const Plan plan(
        test::made_manifest({test::fake_model("fake", script)},
                            {made_task(task, task.starts_with("property") ? labels : pairs)}));
    results::StoreWriter store(dir / "s.db", true, R"({"cupel":"test"})");
    RunWatcher watcher;
    CellModels models(plan, test::roots(dir));
    StageTraining stages(store, dir / "kept", 1, watcher,
                         [&](const tasks::DatasetDescriptor& set) -> const tasks::Dataset& {
                           return models.training_sides(set);
                         });
    const PlanCell& cell = plan.cells().front();
    models.load(cell);
    return audit_invariance(cell, models, stages, 4, {});
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
  std::shared_ptr<test::Script> script = std::make_shared<test::Script>();
};

std::vector<std::string> failed(const std::vector<ConditionResult>& results) {
  std::vector<std::string> names;
  for (const ConditionResult& one : results) {
    if (!one.difference.passed()) names.push_back(one.condition.name);
  }
  return names;
}

const std::vector<std::string> kTasks = {"captioning", "text-to-molecule-retrieval",
                                         "molecule-to-text-choice", "property-bbbp"};

TEST_CASE("a model that answers by its input alone is invariant in each task") {
  for (const std::string& task : kTasks) {
    CAPTURE(task);
    const Place place;
    const auto results = place.audit(task);
    std::vector<std::string> names;
    for (const ConditionResult& one : results) names.push_back(one.condition.name);
    CHECK(names == std::vector<std::string>{"as planned", "calls of 1", "calls of 7", "order 1",
                                            "order 2", "1 thread", "2 threads"});
    CHECK(failed(results).empty());
    CHECK(results.front().difference.texts == (task == "captioning"));
    CHECK(results.front().difference.examples == 40);
    CHECK(place.script->fits == 3);  // another number of threads needs a fresh model
    CHECK(place.script->asked == 7 * 40);
  }
}

TEST_CASE("what leaks from the size of a call is found, and named") {
  const Place place;
  place.script->on_texts = [](std::vector<std::string>& outputs) {
    if (outputs.size() == 7) outputs.back() += "O";
  };
  place.script->on_numbers = [](std::vector<float>& numbers) {
    if (numbers.size() < 2 * 40) numbers.front() += 1e-3F;
  };
  const auto texts = place.audit("captioning");
  CHECK(failed(texts) == std::vector<std::string>{"calls of 7"});
  CHECK(texts[2].difference.flips.size() == 5);  // of calls with 7, and 40 = 5 × 7 + 5
  CHECK(texts[2].difference.flips[0].example == 6);
  CHECK(failed(place.audit("property-bbbp")) ==
        std::vector<std::string>{"calls of 1", "calls of 7"});
}

TEST_CASE("what leaks from the place in a call is found by another order") {
  const Place place;
  place.script->on_texts = [](std::vector<std::string>& outputs) {
    if (outputs.size() == 40) outputs.front() = "first";
  };
  place.script->on_numbers = [](std::vector<float>& numbers) { numbers.front() = -1.0F; };
  const auto texts = place.audit("captioning");
  // In calls of 1 and 7 nobody is called first.
  CHECK(std::ranges::contains(failed(texts), "order 1"));
  CHECK(texts[3].difference.flips.size() == 2);
  for (const std::string& task : kTasks) {
    CAPTURE(task);
    CHECK(std::ranges::contains(failed(place.audit(task)), "order 2"));
  }
}

TEST_CASE("options that a model has are varied, but not to what they are") {
  const Place place;
  ManifestModel model = test::fake_model("fake", place.script);
  model.options = {{"prediction-rows", std::int64_t{16}}, {"extra-pads", std::int64_t{0}}};
  std::vector<std::string> names;
  for (const AskingCondition& one : asking_conditions(model, 500, 2)) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"as planned", "calls of 1", "calls of 7", "calls of 64",
                                          "order 1", "order 2", "prediction-rows 1",
                                          "prediction-rows 3", "prediction-rows 64", "extra-pads 1",
                                          "extra-pads 17", "1 thread"});
  const auto conditions = asking_conditions(model, 500, 2);
  CHECK(conditions[6].own == models::Options{{"prediction-rows", std::int64_t{1}}});
  CHECK(conditions[11].jobs == 1);
}

}  // namespace
