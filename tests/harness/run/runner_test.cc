#include "harness/run/runner.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/inchi.h"
#include "harness/core/json.h"
#include "harness/run/answers.h"
#include "harness/run/store_check.h"
#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/rank_text.h"
#include "reports/run_report.h"
#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::made_task;

/// A data set of pairs and one of labels, and a model.
struct Place {
  [[nodiscard]] Plan plan(std::vector<ManifestTask> tasks, std::size_t limit = 0) const {
    return Plan(test::made_manifest({test::fake_model("fake", script)}, std::move(tasks)), limit);
  }
  [[nodiscard]] tasks::DataRoots roots() const { return test::roots(dir); }
  [[nodiscard]] std::vector<ManifestTask> all_tasks() const {
    return {made_task("captioning", pairs),
            made_task("generation", pairs),
            made_task("text-to-molecule-retrieval", pairs),
            made_task("molecule-to-text-retrieval", pairs),
            made_task("text-to-molecule-choice", pairs),
            made_task("property-bbbp", labels)};
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
  std::shared_ptr<test::Script> script = std::make_shared<test::Script>();
};

/// The stored rows of the only run of a task.
std::vector<results::Row> rows_of(const std::filesystem::path& path, const std::string& task) {
  results::Store store(path);
  return store.rows(store.find_run("fake", task), 0, 100'000);
}

/// The scores of one query against the targets of all rows.
std::vector<float> scores_of(const std::vector<results::Row>& rows, std::size_t query) {
  std::vector<float> scores;
  for (const results::Row& row : rows)
    scores.push_back(test::fake_score(rows[query].input, row.reference));
  return scores;
}

TEST_CASE("what a model answers is what is stored, for each capability") {
  const Place place;
  const auto store = place.dir / "s.db";
  const RunSummary summary = test::run_plan(place.plan(place.all_tasks()), store, place.roots());
  CHECK(summary.done == 6);
  CHECK(summary.failures.size() == 0);
  CHECK_FALSE(summary.interrupted);
  CHECK(place.script->fits == 6);
  CHECK(place.script->asked == 6 * 40);

  for (const std::string task : {"captioning", "generation"}) {
    const auto rows = rows_of(store, task);
    REQUIRE(rows.size() == 40);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string smiles = test::chain(17 + i);
      const std::string text = "chain number " + std::to_string(17 + i);
      CHECK(rows[i].input == (task == "captioning" ? smiles : text));
      CHECK(rows[i].reference == (task == "captioning" ? text : smiles));
      CHECK(rows[i].prediction == test::fake_text(rows[i].input));
    }
  }
  for (const std::string task : {"text-to-molecule-retrieval", "molecule-to-text-retrieval"}) {
    const auto rows = rows_of(store, task);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto scores = scores_of(rows, i);
      CHECK(metrics::read_ranks(rows[i].prediction) == std::vector{metrics::rank_of(scores, i)});
      CHECK_THAT(rows[i].prediction,
                 ContainsSubstring(metrics::write_ranks(std::vector{metrics::rank_of(scores, i)},
                                                        metrics::best_rows(scores, 10))));
    }
  }
  const auto chosen = rows_of(store, "text-to-molecule-choice");
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto scores = scores_of(chosen, i);
    std::vector<metrics::TieRank> expected;
    for (const std::size_t among : {4U, 10U, 20U}) {
      // Counted by hand: the first `among` - 1 of the drawn rows against the target.
      metrics::TieRank rank{.candidates = static_cast<std::uint32_t>(among)};
      const auto others = other_candidates(i, 40, 19);
      for (std::size_t k = 0; k + 1 < among; ++k) {
        rank.better += scores[others[k]] > scores[i] ? 1 : 0;
        rank.equal += scores[others[k]] == scores[i] ? 1 : 0;
      }
      expected.push_back(rank);
    }
    CHECK(metrics::read_ranks(chosen[i].prediction) == expected);
  }
  const auto labelled = rows_of(store, "property-bbbp");
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    const std::string smiles = test::chain(17 + i);
    CHECK(labelled[i].input == smiles);
    CHECK(metrics::read_logits(labelled[i].prediction) ==
          std::vector{test::fake_logit(smiles, 0), test::fake_logit(smiles, 1)});
    const auto labels = metrics::read_labels(labelled[i].reference);
    REQUIRE(labels);
    CHECK(labels->front() == ((17 + i) % 2 == 0 ? 1 : -1));
    CHECK((labels->back() == 0) == ((17 + i) % 3 == 0));
  }
  results::Store checked(store);
  CHECK(check_store(checked).problems.empty());
}

TEST_CASE("a plan that is done calls the model never again, and changes nothing") {
  const Place place;
  const Plan plan = place.plan(place.all_tasks());
  const auto store = place.dir / "s.db";
  static_cast<void>(test::run_plan(plan, store, place.roots()));
  const std::string before = test::bytes_of(store);
  place.script->fits = place.script->asked = 0;
  // The data may be gone, too.
  const RunSummary again = test::run_plan(plan, store, {});
  CHECK(again.done == 6);
  CHECK(again.failures.size() == 0);
  CHECK(place.script->fits == 0);
  CHECK(place.script->asked == 0);
  CHECK(test::bytes_of(store) == before);
  results::Store opened(store);
  const PlanState state = plan_state(opened, plan.stored(), wanted_scores(opened, plan));
  for (const PlannedState& cell : state.cells) CHECK(cell.scored == cell.wanted);
  CHECK(state.cells.front().wanted == 1);
}

TEST_CASE("a run that was cancelled asks the model for the rest alone, and ends the same") {
  const Place place;
  const auto many = test::made_set(place.dir, "many", {.train = 0, .test = 3500, .shared = 0});
  const Plan plan = place.plan({made_task("generation", many), made_task("captioning", many)});
  static_cast<void>(test::run_plan(plan, place.dir / "whole.db", place.roots()));
  const Digest whole = test::content_digest(place.dir / "whole.db");
  REQUIRE(place.script->asked == 7000);
  for (const std::size_t batches : {1U, 2U, 3U, 4U, 5U}) {
    CAPTURE(batches);
    place.script->asked = 0;
    const auto store = place.dir / ("cut-" + std::to_string(batches) + ".db");
    const RunSummary cut = test::run_plan(plan, store, place.roots(), test::Impatient(batches));
    CHECK(cut.interrupted);
    CHECK(cut.failures.size() == 0);
    CHECK(place.script->asked < 7000);
    CHECK(test::content_digest(store) != whole);
    CHECK(test::run_plan(plan, store, place.roots()).done == 2);
    CHECK(place.script->asked == 7000);
    CHECK(test::content_digest(store) == whole);
    results::Store ended(store);
    CHECK(check_store(ended).problems.empty());
  }
}

TEST_CASE("a limited run has fewer examples, the whole gallery, and is never the full cell") {
  const Place place;
  const auto tasks = {made_task("text-to-molecule-retrieval", place.pairs),
                      made_task("text-to-molecule-choice", place.pairs)};
  const auto store = place.dir / "s.db";
  CHECK(test::run_plan(place.plan(tasks), store, place.roots()).done == 2);
  CHECK(test::run_plan(place.plan(tasks, 7), store, place.roots()).done == 2);
  CHECK(test::run_plan(place.plan(tasks, 100), store, place.roots()).done == 2);
  results::Store opened(store);
  const auto runs = opened.runs();
  REQUIRE(runs.size() == 6);
  for (std::size_t i = 0; i < 2; ++i) {
    const results::Run& full = runs[i];
    const results::Run& limited = runs[2 + i];
    CHECK(full.cell.split == "test");
    CHECK(limited.cell.split == "test (first 7)");
    CHECK(limited.size == 7);
    CHECK(limited.digest != full.digest);
    CHECK(runs[4 + i].size == 40);
    CHECK(runs[4 + i].digest != full.digest);
    const auto first = opened.rows(full, 0, 7);
    const auto rows = opened.rows(limited, 0, 7);
    for (std::size_t row = 0; row < 7; ++row) CHECK(rows[row].prediction == first[row].prediction);
  }
  CHECK(metrics::read_ranks(opened.rows(runs[2], 0, 1).front().prediction)->front().candidates ==
        40);
}

TEST_CASE("overlap with training is stored once for each set of examples, and is what it says") {
  if (!chem::has_inchi()) SKIP("this build has no InChI");
  const Place place;
  const auto store = place.dir / "s.db";
  Manifest manifest = test::made_manifest(
      {test::fake_model("fake", place.script), test::fake_model("other", place.script)},
      {made_task("captioning", place.pairs)});
  CHECK(test::run_plan(Plan(manifest), store, place.roots()).done == 2);
  CHECK(test::run_plan(Plan(manifest, 2), store, place.roots()).done == 2);
  results::Store opened(store);
  const auto runs = opened.runs();
  for (const results::Run& run : runs) {
    const auto overlaps = opened.overlaps(run.examples);
    CHECK(overlaps.size() == 3);
    const auto by_key =
        opened.overlap(tasks::dataset_digest(place.pairs), run.examples, "inchikey");
    REQUIRE(by_key);
    std::vector<bool> expected(run.size);
    for (std::size_t i = 0; i < run.size; ++i) expected[i] = i < 3;
    CHECK(by_key->seen == expected);
  }
  CHECK(runs[0].examples == runs[1].examples);
  CHECK(runs[0].examples != runs[2].examples);
}

TEST_CASE("the note of a data set is in every table of its runs") {
  Place place;
  place.pairs.note = "half of it is missing";
  const auto store = place.dir / "s.db";
  CHECK(test::run_plan(place.plan({made_task("captioning", place.pairs)}), store, place.roots())
            .done == 1);
  results::Store opened(store);
  bool noted = false;
  const auto tables = reports::score_tables(opened, {}, true);
  for (const reports::Table& table : tables) {
    for (const std::string& note : table.notes)
      noted = noted || note.contains("pairs: half of it is missing");
  }
  CHECK(noted);
}

TEST_CASE("every protocol of a manifest scores, and one that is added later alone") {
  const Place place;
  const auto store = place.dir / "s.db";
  const std::vector<ManifestModel> models = {test::fake_model("fake", place.script)};
  const std::vector<ManifestTask> tasks = {made_task("text-to-molecule-choice", place.pairs),
                                           made_task("property-bbbp", place.labels)};
  CHECK(test::run_plan(Plan(test::made_manifest(models, tasks)), store, place.roots()).done == 2);
  const std::size_t asked = place.script->asked;
  const Plan both(
      test::made_manifest(models, tasks, {test::cheap_protocol(), test::cheap_protocol("second")}));
  {
    results::Store opened(store);
    const PlanState state = plan_state(opened, both.stored(), wanted_scores(opened, both));
    CHECK(state.cells[0].scored == 3);
    CHECK(state.cells[0].wanted == 6);
  }
  CHECK(test::run_plan(both, store, place.roots()).done == 2);
  CHECK(place.script->asked == asked);
  results::Store opened(store);
  for (const results::Run& run : opened.runs()) {
    const auto measurements = opened.measurements(run);
    REQUIRE(measurements.size() == (run.cell.task == "property-bbbp" ? 2 : 6));
    const std::size_t half = measurements.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      REQUIRE(measurements[i].score);
      CHECK(measurements[i].score == measurements[half + i].score);
      CHECK(measurements[i].best_interval()->draws == 20);
    }
  }
}

TEST_CASE("a protocol that has changed since is scored again, and is not called done") {
  const Place place;
  const auto store = place.dir / "s.db";
  const std::vector<ManifestModel> models = {test::fake_model("fake", place.script)};
  const std::vector<ManifestTask> tasks = {made_task("text-to-molecule-choice", place.pairs)};
  CHECK(test::run_plan(Plan(test::made_manifest(models, tasks)), store, place.roots()).done == 1);
  metrics::Protocol changed = test::cheap_protocol();
  ++changed.version;
  const Plan plan(test::made_manifest(models, tasks, {changed}));
  const auto scored = [&] {
    results::Store opened(store);
    return plan_state(opened, plan.stored(), wanted_scores(opened, plan)).cells.at(0).scored;
  };
  CHECK(scored() == 0);
  CHECK(test::run_plan(plan, store, place.roots()).done == 1);
  CHECK(scored() == 3);
}

}  // namespace
