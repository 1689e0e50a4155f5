#include "harness/run/stage_training.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/inchi.h"
#include "harness/run/clean_scores.h"
#include "harness/run/merge.h"
#include "harness/run/store_check.h"
#include "tests/support/cli.h"
#include "tests/support/fake_runs.h"
#include "tests/support/staged.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::made_task;
using Finetune = std::bitset<kObjectiveNames.size()>;

/// Sets of 20 training rows, each with a text of three words, and one that another stage is on.
struct Place {
  [[nodiscard]] ManifestModel model(models::Options own = {}, bool pretrained = true,
                                    bool random = false) const {
    own["log"] = (dir / "log").string();
    ManifestModel model = test::staged_model("staged", own, random);
    if (pretrained) model.stages = {{.objective = Objective::kPretraining, .dataset = &before}};
    return model;
  }
  [[nodiscard]] std::vector<ManifestTask> all_tasks() const {
    return {made_task("captioning", pairs), made_task("generation", pairs),
            made_task("text-to-molecule-retrieval", pairs),
            made_task("molecule-to-text-retrieval", pairs), made_task("property-bbbp", labels)};
  }
  RunSummary run(const Plan& plan, const std::string& store, RunWatcher&& watcher = {},
                 const Shard& shard = {}) const {
    results::StoreWriter writer(dir / store, true, R"({"cupel":"test"})");
    return Runner(writer, plan,
                  {.data = test::roots(dir), .files = {}, .jobs = 1, .artifacts = dir / "kept"},
                  watcher)
        .run(cells_to_run(plan, shard));
  }
  [[nodiscard]] RunSummary run(const ManifestModel& model, const std::string& store) const {
    return run(Plan(test::made_manifest({model}, {made_task("captioning", pairs)})), store);
  }
  /// How often each stage was begun or resumed.
  [[nodiscard]] std::map<std::string, int> fits() const {
    std::map<std::string, int> count;
    const std::string log = fs::exists(dir / "log") ? test::bytes_of(dir / "log") : "";
    for (std::size_t at = 0, end = 0; (end = log.find('\n', at)) != std::string::npos; at = end + 1)
      ++count[log.substr(at, end - at)];
    return count;
  }
  [[nodiscard]] std::string answer(const std::string& store, const std::string& task) const {
    results::Store opened(dir / store);
    return opened.rows(opened.find_run("staged", task), 0, 1).front().prediction;
  }
  [[nodiscard]] fs::path artifact(const PlannedStage& stage) const {
    return Artifact(dir / "kept", stage.digest).path();
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
  tasks::DatasetDescriptor before =
      test::made_set(dir, "before", {.train = 25, .test = 0, .shared = 0});
};

/// Cancels once a fact of this step was told.
class Tired final : public RunWatcher {
 public:
  explicit Tired(std::uint64_t step) : step_(step) {}
  void fact(std::string_view /*name*/, std::uint64_t step, double /*value*/) override {
    tired_ = tired_ || step == step_;
  }
  [[nodiscard]] bool cancelled() override { return tired_; }

 private:
  std::uint64_t step_;
  bool tired_ = false;
};

std::vector<std::string> failures_in(const fs::path& path) {
  results::Store store(path);
  std::vector<std::string> all;
  for (const results::StoredFailure& one : store.failures()) all.push_back(one.what);
  return all;
}

std::vector<std::uint64_t> steps_of(results::Store& store, const results::StoredStage& stage,
                                    const std::string& name) {
  std::vector<std::uint64_t> steps;
  for (const results::CurvePoint& point : store.curve(stage, name)) steps.push_back(point.step);
  return steps;
}

}  // namespace

TEST_CASE("stages are trained once for all cells that share them, each on top of the one before") {
  const Place place;
  const Plan plan(test::made_manifest({place.model()}, place.all_tasks()));
  CHECK(place.run(plan, "s.db").done == 5);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1},
                                                   {"captioning", 1},
                                                   {"generation", 1},
                                                   {"retrieval", 1},
                                                   {"property", 1}});
  // 25 and 20 rows of three words each; the input has 11 characters.
  CHECK(place.answer("s.db", "captioning").starts_with("pretraining+captioning 135 plain "));
  CHECK(place.answer("s.db", "generation") == "pretraining+generation 135 plain 15");
  const Digest content = test::content_digest(place.dir / "s.db");
  CHECK(place.run(plan, "again.db").done == 5);
  CHECK(test::content_digest(place.dir / "again.db") == content);
  fs::remove_all(place.dir / "kept");
  CHECK(place.run(plan, "third.db").done == 5);
  CHECK(place.fits().at("pretraining") == 2);
  CHECK(test::content_digest(place.dir / "third.db") == content);
  results::Store store(place.dir / "third.db");
  CHECK(check_store(store).problems.empty());
}

TEST_CASE("the stages of a cell are in the store, with their ends and curves") {
  const Place place;
  CHECK(place.run(place.model({{"steps", std::int64_t{3}}}), "s.db").done == 1);
  for (const std::string name : {"s.db", "other.db"}) {
    // The second one trains nothing, and knows all but the curves.
    if (name == "other.db")
      CHECK(place.run(place.model({{"steps", std::int64_t{3}}}), name).done == 1);
    results::Store store(place.dir / name);
    const auto chain = store.stages_of(store.find_run("staged"));
    REQUIRE(chain.size() == 2);
    CHECK(chain[0].objective == "pretraining");
    CHECK(chain[0].dataset == "before");
    CHECK(chain[1].objective == "captioning");
    CHECK(chain[1].dataset == "pairs");
    CHECK(chain[1].parent == chain[0].digest());
    for (const results::StoredStage& stage : chain) {
      REQUIRE(stage.ends.size() == (name == "s.db" || &stage == &chain[1] ? 1 : 0));
      const Artifact artifact(place.dir / "kept", stage.digest());
      if (!stage.ends.empty()) CHECK(artifact.verify(stage.config) == stage.ends.front());
    }
    if (name == "other.db") continue;
    CHECK(store.curves(chain[0]) == std::vector<std::string>{"loss", "words"});
    const auto loss = store.curve(chain[0], "loss");
    REQUIRE(loss.size() == 3);
    CHECK(loss[2].step == 2);
    CHECK(loss[2].value == 1.0 / 3);
    CHECK(store.curve(chain[1], "words").back().value == 135);
  }
  CHECK(place.fits().at("captioning") == 1);
}

TEST_CASE("what is not fine-tuned is answered from the stage before, as it is") {
  const Place place;
  ManifestModel model = place.model();
  model.finetune = Finetune().set(static_cast<std::size_t>(Objective::kCaptioning));
  // Its own training side need not be at hand.
  tasks::DatasetDescriptor test_only = test::made_set(place.dir, "only", {});
  test_only.parts[0].files[0].path = "nowhere.tsv";
  const Plan plan(test::made_manifest(
      {model}, {made_task("captioning", place.pairs), made_task("generation", test_only)}));
  CHECK(place.run(plan, "s.db").done == 2);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}, {"captioning", 1}});
  CHECK(place.answer("s.db", "generation") == "pretraining 75 plain 15");
}

TEST_CASE("an option trains anew what it can change, and nothing else") {
  const Place place;
  const auto run = [&](const models::Options& own) {
    static int next = 0;
    return place.run(place.model(own), fmt::format("{}.db", ++next)).done;
  };
  CHECK(run({}) == 1);
  CHECK(run({{"pause", std::int64_t{1}}}) == 1);       // nothing
  CHECK(run({{"shown", std::string("other")}}) == 1);  // the answers
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}, {"captioning", 1}});
  CHECK(run({{"weight", std::int64_t{2}}}) == 1);  // captioning
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}, {"captioning", 2}});
  CHECK(run({{"steps", std::int64_t{5}}}) == 1);  // every stage
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 2}, {"captioning", 3}});
}

TEST_CASE("a random model has a chain a seed, and its seed in every stage") {
  const Place place;
  ManifestTask task = made_task("captioning", place.pairs);
  task.seeds = {0, 10};
  CHECK(place.run(Plan(test::made_manifest({place.model({}, true, true)}, {task})), "s.db").done ==
        2);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 2}, {"captioning", 2}});
  results::Store store(place.dir / "s.db");
  std::vector<std::string> answers;
  for (const results::Run& run : store.runs())
    answers.push_back(store.rows(run, 0, 1).front().prediction);
  CHECK(answers.at(0).starts_with("pretraining+captioning 135 "));
  CHECK(answers.at(1).starts_with("pretraining+captioning 585 "));  // 45 rows, 10 each
}

TEST_CASE("a stage that fails is tried once, fails each cell that needs it, and is resumed later") {
  struct Case {
    std::string fault;
    Code code;
    std::string what;
  };
  const std::vector<Case> cases = {
      {"fail", Code::kIncomplete, "model 'staged': diverged"},
      {"usage", Code::kUsage, "model 'staged': these data do not suit"},
      {"nan", Code::kIncomplete, "model 'staged': 'loss' is not finite at step 2"},
      {"nothing", Code::kIncomplete, "the stage ended without any file"},
      {"name", Code::kIncomplete, "the stage left a file 'stage.json'"},
      {"link", Code::kIncomplete, "is no regular file"}};
  for (const Case& one : cases) {
    CAPTURE(one.fault);
    const Place place;
    const auto plan = [&](const std::string& fault) {
      return test::made_manifest(
          {place.model({{"fault", fault}})},
          {made_task("captioning", place.pairs), made_task("generation", place.pairs)});
    };
    const RunSummary failed = place.run(Plan(plan(one.fault)), "s.db");
    CHECK(failed.done == 0);
    CHECK(failed.failures == std::vector{one.code, one.code});
    const auto failures = failures_in(place.dir / "s.db");
    REQUIRE(failures.size() == 2);
    CHECK_THAT(failures[0], ContainsSubstring(one.what));
    CHECK(failures[0] == failures[1]);
    CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}});
    if (one.fault == "link")
      fs::remove_all(place.artifact(Plan(plan("")).cells()[0].chain[0]).string() + ".partial");
    CHECK(place.run(Plan(plan("")), "s.db").done == 2);
    CHECK(place.answer("s.db", "generation") == "pretraining+generation 135 plain 15");
  }
}

TEST_CASE(
    "a training that was cancelled is resumed, and its curves are those of an undisturbed one") {
  const Place place;
  const Plan plan(test::made_manifest({place.model({{"steps", std::int64_t{9}}})},
                                      {made_task("captioning", place.pairs)}));
  const RunSummary cut = place.run(plan, "s.db", Tired(5));
  CHECK(cut.interrupted);
  CHECK(cut.failures.empty());
  {
    results::Store store(place.dir / "s.db");
    CHECK(steps_of(store, store.stages().at(0), "loss") ==
          std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5});
    CHECK(store.failures().empty());
  }
  CHECK(place.run(plan, "s.db").done == 1);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 2}, {"captioning", 1}});
  CHECK(place.answer("s.db", "captioning").starts_with("pretraining+captioning 135 "));
  results::Store store(place.dir / "s.db");
  for (const results::StoredStage& stage : store.stages())
    CHECK(steps_of(store, stage, "loss") == std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("a stage that another process trains is waited for, and taken from there") {
  const Place place;
  const Plan plan(test::made_manifest({place.model()}, {made_task("captioning", place.pairs)}));
  CHECK(place.run(plan, "first.db").done == 1);
  // As it was before: another process is at the first stage.
  const Artifact artifact(place.dir / "kept", plan.cells()[0].chain[0].digest);
  const fs::path aside = place.dir / "aside";
  fs::rename(artifact.path(), aside);
  fs::remove_all(place.artifact(plan.cells()[0].chain[1]));
  class Watcher final : public RunWatcher {
   public:
    Watcher(const fs::path& lock, std::function<void()> finish)
        : lock_(std::make_unique<StageLock>(lock, [] {})), finish_(std::move(finish)) {}
    void waiting(const PlannedStage& stage) override {
      CHECK(stage.objective == Objective::kPretraining);
      if (finish_) finish_();
      if (finish_) lock_.reset();
      cancelled_ = !finish_;
    }
    [[nodiscard]] bool cancelled() override { return cancelled_; }

   private:
    std::unique_ptr<StageLock> lock_;
    std::function<void()> finish_;
    bool cancelled_ = false;
  };
  CHECK(place.run(plan, "s.db", Watcher(artifact.lock(), {})).interrupted);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}, {"captioning", 1}});
  const auto finish = [&] { fs::rename(aside, artifact.path()); };
  CHECK(place.run(plan, "s.db", Watcher(artifact.lock(), finish)).done == 1);
  CHECK(place.fits() == std::map<std::string, int>{{"pretraining", 1}, {"captioning", 2}});
  results::Store store(place.dir / "s.db");
  CHECK(store.stages().at(0).ends.size() == 1);
  CHECK(test::content_digest(place.dir / "s.db") == test::content_digest(place.dir / "first.db"));
}

TEST_CASE("an artefact that was changed is an integrity failure, until its folder is deleted") {
  const Place place;
  const Plan plan(test::made_manifest({place.model()}, {made_task("captioning", place.pairs),
                                                        made_task("generation", place.pairs)}));
  CHECK(place.run(plan, "first.db").done == 2);
  const fs::path folder = place.artifact(plan.cells()[1].chain[1]);
  test::write_bytes(folder / "model/words", "1 1 forged\n");
  const RunSummary damaged = place.run(plan, "s.db");
  CHECK(damaged.done == 1);
  CHECK(damaged.failures == std::vector{Code::kIntegrity});
  const auto failures = failures_in(place.dir / "s.db");
  REQUIRE(failures.size() == 1);
  CHECK_THAT(failures[0], ContainsSubstring((folder / "model/words").string() + ": expected "));
  fs::remove_all(folder);
  CHECK(place.run(plan, "s.db").done == 2);
  CHECK(place.fits().at("generation") == 2);
  CHECK(place.fits().at("pretraining") == 1);
  CHECK(test::content_digest(place.dir / "s.db") == test::content_digest(place.dir / "first.db"));
}

TEST_CASE("an example is clean when it occurs in nothing that its model was trained on") {
  if (!chem::has_inchi()) SKIP("this build has no InChI");
  const Place place;
  // Test rows 17 to 56; 17 to 19 train in their own set, 17 to 24 in the one before.
  ManifestModel zero = place.model();
  zero.name = "zero-shot";
  zero.finetune = Finetune();
  ManifestModel own = place.model({}, false);
  own.name = "own";
  const Plan plan(
      test::made_manifest({place.model(), zero, own}, {made_task("captioning", place.pairs)}));
  REQUIRE(place.run(plan, "s.db").done == 3);
  results::Store store(place.dir / "s.db");
  const auto seen = [&](const std::string& name) {
    const results::Run run = store.find_run(name);
    const auto measurement = store.measurements(run).at(0);
    const auto clean =
        clean_scores(store, run, store.protocols().at(0), measurement, {.resamples = 0, .jobs = 1});
    REQUIRE(clean.size() == 3);
    CHECK(clean[0].kind == "inchikey");
    return clean[0].seen;
  };
  CHECK(seen("staged") == 8);
  CHECK(seen("zero-shot") == 8);
  CHECK(seen("own") == 3);
  CHECK(training_digests(store, store.find_run("staged")) ==
        std::set{to_hex(tasks::dataset_digest(place.pairs)),
                 to_hex(tasks::dataset_digest(place.before))});
}

TEST_CASE("an example that only the fine-tuning had seen is not clean either") {
  if (!chem::has_inchi()) SKIP("this build has no InChI");
  const Place place;
  const tasks::DatasetDescriptor small =
      test::made_set(place.dir, "small", {.train = 18, .test = 0, .shared = 0});
  ManifestModel model = place.model();
  model.stages = {{.objective = Objective::kPretraining, .dataset = &small}};
  REQUIRE(place.run(model, "s.db").done == 1);
  results::Store store(place.dir / "s.db");
  const results::Run run = store.runs().at(0);
  const auto clean = clean_scores(store, run, store.protocols().at(0),
                                  store.measurements(run).at(0), {.resamples = 0, .jobs = 1});
  REQUIRE(clean.size() == 3);
  CHECK(clean[0].seen == 3);  // 17 in both, 18 and 19 in its own
}

TEST_CASE("merged shards have the stages and curves of both") {
  const Place place;
  const Plan plan(test::made_manifest({place.model()}, place.all_tasks()));
  const auto shard = [&](std::size_t index) {
    return place.run(plan, fmt::format("{}.db", index), {}, {.index = index, .count = 2}).done;
  };
  CHECK(shard(0) + shard(1) == 5);
  CHECK(place.run(plan, "whole.db").done == 5);
  const std::vector<fs::path> shards = {place.dir / "0.db", place.dir / "1.db"};
  for (const bool twice : {false, true}) {
    const Merged merged = merge_stores(shards, place.dir / "all.db", "");
    CHECK(merged.conflicts.empty());
    CHECK(merged.content == test::content_digest(place.dir / "whole.db"));
    results::Store all(place.dir / "all.db");
    CHECK(check_store(all).problems.empty());
    const auto stages = all.stages();
    REQUIRE(stages.size() == 5);
    for (const results::StoredStage& stage : stages) {
      CAPTURE(stage.objective, twice);
      CHECK(stage.ends.size() == 1);
      CHECK(steps_of(all, stage, "loss") == std::vector<std::uint64_t>{0, 1, 2, 3});
    }
    for (const results::Run& run : all.runs()) CHECK(all.stages_of(run).size() == 2);
  }
}
