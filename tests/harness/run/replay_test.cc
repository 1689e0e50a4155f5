#include "harness/run/replay.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "harness/run/artifact.h"
#include "tests/support/fake_runs.h"
#include "tests/support/scripted.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using test::Scripted;

constexpr const char* kThere = R"({"cpu":"one","blas":"slow"})";
constexpr const char* kHere = R"({"cpu":"one","blas":"fast"})";

/// Cancels once it was told of so many shares.
class Impatient final : public RunWatcher {
 public:
  explicit Impatient(int shares) : left_(shares) {}
  void fact(std::string_view /*name*/, std::uint64_t /*step*/, double /*value*/) override {
    --left_;
  }
  [[nodiscard]] bool cancelled() override { return left_ <= 0; }

 private:
  int left_;
};

/// A run of two stages, recorded as the script is at first; it is then changed and replayed.
struct Place {
  Place() : Place(Scripted()) {}
  explicit Place(const Scripted& first) {
    *script = first;
    RunWatcher watcher;
    results::StoreWriter store(dir / "s.db", true, kThere);
    const RunSummary ran = Runner(store, plan, resources(), watcher).run(cells_to_run(plan, {}));
    REQUIRE(ran.done == 1);
    script->fits = 0;
  }
  [[nodiscard]] RunResources resources() const {
    return {.data = test::roots(dir), .files = {}, .jobs = 1, .artifacts = dir / "kept"};
  }
  Replayed replay(RunWatcher&& watcher = {}) {
    results::Store recorded(dir / "s.db");
    const fs::path folder = dir / fmt::format("replay{}", replays++);
    fs::create_directories(folder);
    return cupel::replay(recorded, recorded.find_run("scripted"),
                         {.plan = plan,
                          .place = 0,
                          .folder = folder,
                          .artifacts = dir / "kept",
                          .environment = kHere},
                         resources(), watcher);
  }
  [[nodiscard]] std::string stage(std::size_t number) const {
    const PlannedStage& planned = plan.cells().front().chain.at(number);
    return fmt::format("stage {} ({})", objective_name(planned.objective),
                       to_hex(planned.digest).substr(0, 12));
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor before =
      test::made_set(dir, "before", {.train = 25, .test = 0, .shared = 0});
  std::shared_ptr<Scripted> script = std::make_shared<Scripted>();
  Plan plan{test::made_manifest({test::scripted_model(script, before)},
                                {test::made_task("captioning", pairs)})};
  int replays = 0;
};

/// What a replay of a run is that was made by another script.
std::string difference(const Scripted& first, const Scripted& second) {
  Place place(first);
  *place.script = second;
  const Replayed result = place.replay();
  REQUIRE(result.difference);
  return result.difference->what;
}

}  // namespace

TEST_CASE("a replay of the same says how much is the same, and leaves no trace") {
  Place place;
  const std::string store = test::bytes_of(place.dir / "s.db");
  const Replayed result = place.replay();
  CHECK_FALSE(result.difference);
  CHECK_FALSE(result.failure);
  CHECK_FALSE(result.interrupted);
  CHECK(result.left_out.empty());
  CHECK(place.script->fits == 2);
  CHECK(result.same.stages == 2);
  CHECK(result.same.steps == 16);
  CHECK(result.same.facts == 48);  // speeds are told, too
  CHECK(result.same.files == 4);
  CHECK(result.same.predictions == 40);
  CHECK(result.same.scores == 1);
  CHECK(result.same.statistics > 40);
  CHECK(test::bytes_of(place.dir / "s.db") == store);
  CHECK(tells_time("tokens/s"));
  CHECK_FALSE(tells_time("loss"));
}

TEST_CASE("the first step that differs is named, with the first loss that does") {
  Place place;
  place.script->other_state = 3;
  place.script->other_loss = 5;
  const Replayed result = place.replay();
  REQUIRE(result.difference);
  CHECK(result.difference->what == place.stage(1) +
                                       ": step 3: state-checksum differs (recorded 3, now 1003); "
                                       "loss first differs at step 5");
  CHECK(result.same.stages == 1);
  CHECK(result.same.steps == 8);
  CHECK(result.same.predictions == 0);
  REQUIRE(result.difference->environment.size() == 1);
  CHECK(result.difference->environment.front() ==
        SettingDifference{
            .part = "environment", .key = "blas", .baseline = "slow", .candidate = "fast"});
  CHECK_THAT(difference({}, {.other_state = 0}),
             EndsWith(": step 0: state-checksum differs (recorded 0, now 1000); loss is the same "
                      "at every step"));
  CHECK_THAT(difference({}, {.other_loss = 7}),
             EndsWith(": step 7: loss differs (recorded 0.125, now 0.625)"));
}

TEST_CASE("a replay ends with the stage that differs") {
  Place place;
  place.script->stage = "pretraining";
  place.script->other_state = 7;
  const Replayed result = place.replay();
  REQUIRE(result.difference);
  CHECK_THAT(result.difference->what, StartsWith(place.stage(0) + ": step 7: "));
  CHECK(place.script->fits == 1);
  CHECK(result.same.stages == 0);
}

TEST_CASE("a step that is not told any more differs, one that was not recorded is left out") {
  CHECK_THAT(difference({}, {.silent = 4}),
             EndsWith(": step 4: state-checksum differs (recorded 4, now nothing); loss first "
                      "differs at step 4"));
  Place place({.silent = 4});
  place.script->silent = test::kNever;
  const Replayed result = place.replay();
  CHECK_FALSE(result.difference);
  REQUIRE(result.left_out.size() == 1);
  CHECK_THAT(result.left_out.front(),
             StartsWith(place.stage(1) + ": 12 facts of its steps are not recorded"));
  CHECK(result.same.steps == 12);
}

TEST_CASE("a file that differs is named where the recorded ones are at hand") {
  const std::string one_of_three = ": file three differs (recorded nothing, now 5 bytes with ";
  CHECK_THAT(difference({}, {.another_file = true}), ContainsSubstring(one_of_three));
  Place place;
  place.script->other_file = true;
  const Replayed named = place.replay();
  REQUIRE(named.difference);
  CHECK(named.difference->what ==
        fmt::format("{}: file two differs (recorded 3 bytes with the SHA-256 {}, now 4 bytes with "
                    "the SHA-256 {})",
                    place.stage(1), sha256_hex("two"), sha256_hex("zwei")));
  CHECK(named.same.files == 2);
  fs::remove_all(place.dir / "kept");
  const Replayed unnamed = place.replay();
  REQUIRE(unnamed.difference);
  CHECK_THAT(
      unnamed.difference->what,
      StartsWith(place.stage(1) + ": what it ended with differs (recorded ") && EndsWith("kept"));
}

TEST_CASE("a recorded artefact that was changed is damage, before anything is trained") {
  Place place;
  const auto& chain = place.plan.cells().front().chain;
  test::write_bytes(Artifact(place.dir / "kept", chain.front().digest).path() / "one", "uno");
  try {
    static_cast<void>(place.replay());
    FAIL("it was replayed");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIntegrity);
    CHECK_THAT(error.what(), ContainsSubstring("/one: expected 3 bytes with the SHA-256 "));
  }
  CHECK(place.script->fits == 0);
}

TEST_CASE("the first answer that differs is named, with the first byte") {
  Place place;
  place.script->other_answer = 2;
  const Replayed result = place.replay();
  REQUIRE(result.difference);
  results::Store store(place.dir / "s.db");
  const auto rows = store.rows(store.find_run("scripted"), 0, 40);
  const std::string& input = rows[2].input;
  const std::string& text = rows[2].prediction;
  CHECK(result.difference->what ==
        fmt::format("prediction of example 2 (\"{}\") differs at byte {} (recorded \"{}\", now "
                    "\"{} or so\")",
                    input, text.size(), text, text));
  CHECK(result.same.predictions == 2);
  CHECK(result.same.stages == 2);
}

TEST_CASE("a recorded statistic, score or interval that comes out otherwise is named") {
  for (const auto& [change, message] :
       {std::pair{"UPDATE score SET value = 0.123",
                  "score bleu-2 under cheap differs (recorded 0.123 over 40, now "},
        std::pair{"UPDATE interval SET low = low - 1",
                  "score bleu-2 under cheap: the interval of 20 draws differs (recorded "},
        std::pair{"UPDATE statistic SET numbers = zeroblob(length(numbers))",
                  "score bleu-2 under cheap: statistic "},
        std::pair{"UPDATE measurement SET signature_long = 'bleu-2|version:old'",
                  "score bleu-2 under cheap: the signature differs (recorded "}}) {
    CAPTURE(change);
    Place place;
    test::tamper(place.dir / "s.db", change);
    const Replayed result = place.replay();
    REQUIRE(result.difference);
    CHECK_THAT(result.difference->what, StartsWith(message));
    CHECK(result.same.predictions == 40);
    CHECK(result.same.scores == 0);
  }
}

TEST_CASE("a replay that fails says so, unless it differed before") {
  Place place;
  place.script->fails = 4;
  place.script->other_state = 4;
  const Replayed failed = place.replay();
  CHECK(failed.failure == Code::kIncomplete);
  REQUIRE(failed.difference);
  CHECK_THAT(failed.difference->what,
             StartsWith(place.stage(1) + ": step 4: state-checksum differs (recorded 4, now noth"));
  place.script->other_state = 2;
  const Replayed differs = place.replay();
  REQUIRE(differs.difference);
  CHECK_THAT(differs.difference->what, ContainsSubstring(": step 2: "));
}

TEST_CASE("a replay that is cancelled compares nothing") {
  Place place;
  place.script->other_state = 0;
  const Replayed result = place.replay(Impatient(9));
  CHECK(result.interrupted);
  CHECK_FALSE(result.difference);
  CHECK_FALSE(result.failure);
}
