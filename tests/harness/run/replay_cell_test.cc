#include "harness/run/replay_cell.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/runner.h"
#include "tests/support/fake_runs.h"
#include "tests/support/staged.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

/// A run of the staged model, seed 1, limited to five examples.
struct Place {
  Place() {
    RunWatcher watcher;
    results::StoreWriter store(dir / "s.db", true, "{}");
    const Plan planned = plan();
    REQUIRE(Runner(store, planned,
                   {.data = test::roots(dir), .files = {}, .jobs = 1, .artifacts = dir / "kept"},
                   watcher)
                .run(cells_to_run(planned, {}))
                .done == 1);
  }
  [[nodiscard]] ManifestModel model(const models::Options& own = {}) const {
    ManifestModel model = test::staged_model("staged", own, true);
    model.stages = {{.objective = Objective::kPretraining, .dataset = &before}};
    return model;
  }
  [[nodiscard]] Plan plan(const models::Options& own = {}, std::int64_t seed = 1) const {
    ManifestTask task = test::made_task("captioning", pairs);
    task.seeds = {seed};
    return Plan(test::made_manifest({model(own)}, {task}), 5);
  }
  [[nodiscard]] ReplayCell find(const Plan& in) {
    return find_replay_cell(store(), store().find_run("staged"), in);
  }
  results::Store& store() {
    if (!opened) opened.emplace(dir / "s.db");
    return *opened;
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor before =
      test::made_set(dir, "before", {.train = 25, .test = 0, .shared = 0});
  std::optional<results::Store> opened;
};

SettingDifference setting(const std::string& key, const std::string& was, const std::string& is) {
  return {.part = "config", .key = key, .baseline = was, .candidate = is};
}

std::string thrown(const auto& action, Code code) {
  try {
    static_cast<void>(action());
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return std::string(error.what()) + " // " + error.hint();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("the cell of a run is found by its digest, and the settings where there is none") {
  Place place;
  CHECK(limit_of(place.store().find_run("staged")) == 5);
  const ReplayCell same = place.find(place.plan());
  CHECK(same.place == 0);
  CHECK(same.settings.empty());
  // What changes nothing is no setting.
  CHECK(place.find(place.plan({{"pause", std::int64_t{1}}})).settings.empty());
  const ReplayCell stage = place.find(place.plan({{"weight", std::int64_t{2}}}));
  REQUIRE(stage.settings.size() == 1);
  CHECK(stage.settings.front() == SettingDifference{.part = "stage 2 (captioning)",
                                                    .key = "model.options.weight",
                                                    .baseline = "1",
                                                    .candidate = "2"});
  const ReplayCell answers = place.find(place.plan({{"shown", std::string("other")}}));
  REQUIRE(answers.settings.size() == 1);
  CHECK(answers.settings.front() == setting("model.options.shown", "plain", "other"));
  CHECK_THAT(thrown([&] { return place.find(place.plan({}, 2)); }, Code::kUsage),
             ContainsSubstring("has no model 'staged' for captioning on pairs, seed 1 // it has: "
                               "staged (seed 2)"));
}

TEST_CASE("a file of the model is named beside its digest") {
  Place place;
  const auto with = [&](const std::string& digest) {
    ManifestModel model = place.model({{"log", std::string("/w")}});
    auto entry = *model.entry;
    for (models::ModelOption& option : entry.options) {
      option.file = option.name == "log";
      if (option.file) option.effects.set();
    }
    model.entry = std::make_shared<const models::ModelEntry>(entry);
    model.files = {{"/w", digest}};
    ManifestTask task = test::made_task("captioning", place.pairs);
    return std::make_unique<Plan>(test::made_manifest({model}, {task}), 5);
  };
  const auto plan = with(std::string(64, 'a'));
  const ReplayCell found = place.find(*plan);
  REQUIRE_FALSE(found.settings.empty());
  CHECK(found.settings.front().candidate == "sha256:" + std::string(64, 'a') + " (/w)");
}

TEST_CASE("why another cell is no replay decides the status") {
  Place place;
  const results::Run run = place.store().find_run("staged");
  const auto code = [&](const std::vector<SettingDifference>& settings) {
    return other_settings(run, settings).code();
  };
  const auto option = setting("model.options.rate", "1", "2");
  const auto version = setting("model.version", "1", "2");
  const auto weights = setting("model.options.weights", "sha256:aa", "sha256:bb (w)");
  CHECK(code({option}) == Code::kUsage);
  CHECK(code({option, version}) == Code::kCapability);
  CHECK(code({version, option}) == Code::kCapability);
  CHECK(code({setting("rdkit", "2025.03.1", "2025.09.1")}) == Code::kCapability);
  CHECK(code({weights, version}) == Code::kIntegrity);
  CHECK(code({version, weights, option}) == Code::kIntegrity);
  CHECK(code({setting("dataset.digest", "aa", "bb")}) == Code::kIntegrity);
  CHECK(code({setting("model.identity.file w", "aa", "bb")}) == Code::kIntegrity);
  const Error error = other_settings(run, {option, version});
  CHECK_THAT(error.what(), ContainsSubstring("model.options.rate of config was 1, is 2; "
                                             "model.version of config was 1, is 2"));
  CHECK_THAT(error.hint(), ContainsSubstring("--force"));
}

TEST_CASE("an imported run cannot be replayed, nor one that is not complete") {
  const test::TempDir dir;
  test::import_into(dir / "i.db", 5, 1);
  results::Store imported(dir / "i.db");
  const results::Run run = imported.find_run("model-1");
  CHECK_THAT(thrown(
                 [&] {
                   check_can_be_replayed(imported, run);
                   return 0;
                 },
                 Code::kUsage),
             ContainsSubstring("was imported from a file of predictions"));
  CHECK_THAT(thrown([&] { return manifest_of(imported, run); }, Code::kUsage),
             ContainsSubstring("no plan has run ") && ContainsSubstring("--manifest"));
  test::run_in(dir / "p.db", 5, 1, 3);
  results::Store partial(dir / "p.db");
  CHECK_THAT(thrown(
                 [&] {
                   check_can_be_replayed(partial, partial.runs().front());
                   return 0;
                 },
                 Code::kIncomplete),
             ContainsSubstring("has 3 of 5 predictions"));
  Place place;
  CHECK(manifest_of(place.store(), place.store().find_run("staged")) == "{}");
}
