// cupel run and plan with a model that is trained in stages, as scripts see them.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "results/store.h"
#include "tests/support/manifests.h"
#include "tests/support/staged.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using test::Manifests;
using test::Ran;

/// Pre-trained once; captioning is fine-tuned, generation is not.
class Staged {
 public:
  Staged() { write(""); }

  /// With these options beside the log.
  void write(const std::string& options) const {
    test::write_bytes(place.path("staged.json"), test::staged_preset());
    test::write_bytes(place.path("m.json"), R"({"name": "staged", "protocols": ["cupel"],
      "resamples": 0, "models": [{"model": "staged.json", "options": {"log": ")" +
                                                place.path("log") + "\"" + options + R"(},
        "stages": [{"objective": "pretraining", "dataset": "mini-pubchemstm-distill"}],
        "finetune": ["captioning"]}],
      "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
                {"task": "generation", "dataset": "mini-chebi-20"}]})");
  }
  [[nodiscard]] Ran run(const std::string& store, const std::string& more = "") const {
    return place.run(store, "--limit 10 " + more);
  }
  /// Lines of the log.
  [[nodiscard]] std::map<std::string, int> fits() const {
    std::map<std::string, int> count;
    std::string log = test::content(place.path("log"));
    for (std::size_t end = 0; (end = log.find('\n')) != std::string::npos; log.erase(0, end + 1))
      ++count[log.substr(0, end)];
    return count;
  }

  Manifests place{"{}"};
};

const std::map<std::string, int> kOnce = {{"pretraining", 1}, {"captioning", 1}};

/// Has every stage of the store a whole curve, and an end?
void check_stages(const fs::path& path, std::size_t steps) {
  results::Store store(path);
  const auto stages = store.stages();
  REQUIRE(stages.size() == 2);
  for (const results::StoredStage& stage : stages) {
    CHECK(stage.ends.size() == 1);
    const auto curve = store.curve(stage, "loss");
    CHECK(curve.size() == steps);
    CHECK(std::ranges::is_sorted(curve, {}, &results::CurvePoint::step));
  }
}

}  // namespace

TEST_CASE("stages are trained, shown by plan, and kept in the folder that a flag names", "[slow]") {
  const Staged staged;
  const std::string plan =
      "plan " + staged.place.path("m.json") + " --limit 10 --store " + staged.place.path("s.db");
  const Ran before = test::run(plan);
  CHECK(before.status == 0);
  CHECK_THAT(before.out, ContainsSubstring("2 stages of training: 2 missing.") &&
                             !ContainsSubstring("pretraining"));
  const Ran why = test::run(plan + " --why");
  CHECK_THAT(why.out, ContainsSubstring("stages of training\n") &&
                          ContainsSubstring("pretraining") &&
                          ContainsSubstring("mini-pubchemstm-distill"));
  const Ran ran = staged.run("s.db");
  CHECK(ran.status == 0);
  CHECK_THAT(ran.err,
             ContainsSubstring("\n[1/2] trained pretraining on mini-pubchemstm-distill, ") &&
                 ContainsSubstring("\n[1/2] trained captioning on mini-chebi-20, ") &&
                 ContainsSubstring("2 cells done now, 0 before, 0 failed\n"));
  CHECK(staged.fits() == kOnce);
  CHECK(fs::is_directory(staged.place.path("s.db.artifacts")));
  check_stages(staged.place.path("s.db"), 4);
  const Ran after = test::run(plan + " --format json");
  const JsonValue document = parse_json(after.out, "plan");
  const auto stages = std::ranges::find(document.members, "stages", &JsonMember::key);
  REQUIRE(stages != document.members.end());
  REQUIRE(stages->value.items.size() == 2);
  CHECK_THAT(after.out, ContainsSubstring("\"state\": \"done\"") &&
                            !ContainsSubstring("\"state\": \"missing\""));
  // Another store that is told of the folder trains nothing; one that is not, everything.
  CHECK(staged.run("other.db", "--artifacts " + staged.place.path("s.db.artifacts")).status == 0);
  CHECK(staged.fits() == kOnce);
  CHECK(staged.run("third.db").status == 0);
  CHECK(staged.fits().at("pretraining") == 2);
  for (const char* store : {"other.db", "third.db"})
    CHECK(staged.place.digest(store) == staged.place.digest("s.db"));
}

TEST_CASE("a training that is killed, or told to end, goes on at its checkpoint", "[slow]") {
  const Staged whole;
  whole.write(R"(, "steps": 50)");
  REQUIRE(whole.run("s.db").status == 0);
  for (const auto& [fault, status] : {std::pair{"kill", 137}, std::pair{"term", 75}}) {
    CAPTURE(fault);
    const Staged staged;
    // Longer than curves wait to be stored.
    staged.write(fmt::format(R"(, "steps": 50, "pause": 20, "at": 40, "fault": "{}")", fault));
    const Ran ended = staged.run("s.db");
    CHECK(ended.status == status);
    const Ran partial = test::run("plan " + staged.place.path("m.json") + " --limit 10 --store " +
                                  staged.place.path("s.db"));
    CHECK_THAT(partial.out, ContainsSubstring("2 stages of training: 1 missing, 1 partial."));
    staged.write(R"(, "steps": 50)");
    const Ran resumed = staged.run("s.db");
    CHECK(resumed.status == 0);
    CHECK(staged.fits() == std::map<std::string, int>{{"pretraining", 2}, {"captioning", 1}});
    CHECK(staged.place.digest("s.db") == whole.place.digest("s.db"));
    results::Store store(staged.place.path("s.db"));
    for (const results::StoredStage& stage : store.stages()) {
      std::size_t last = 0;
      for (const results::CurvePoint& point : store.curve(stage, "loss")) {
        CHECK(point.value == 1.0 / static_cast<double>(point.step + 1));
        last = point.step;
      }
      CHECK(last == 49);
    }
    if (status == 75) check_stages(staged.place.path("s.db"), 50);
  }
}

TEST_CASE("shards that begin at once train each stage once", "[slow]") {
  const Staged staged;
  staged.write(R"(, "steps": 40, "pause": 50)");
  const std::string shared = "--artifacts " + staged.place.path("kept");
  Ran first;
  std::thread other([&] { first = staged.run("1.db", "--shard 1/2 " + shared); });
  const Ran second = staged.run("2.db", "--shard 2/2 " + shared);
  other.join();
  CAPTURE(first.err, second.err);
  CHECK(first.status == 0);
  CHECK(second.status == 0);
  CHECK(staged.fits() == kOnce);
  REQUIRE(staged.place.merge({"1.db", "2.db"}, "all.db").status == 0);
  check_stages(staged.place.path("all.db"), 40);
}

TEST_CASE("an artefact that was changed is 5, a stage that cannot be trained its own status",
          "[slow]") {
  const Staged staged;
  REQUIRE(staged.run("s.db").status == 0);
  for (const auto& entry : fs::recursive_directory_iterator(staged.place.path("s.db.artifacts"))) {
    if (entry.path().filename() == "words") test::write_bytes(entry.path(), "5 4 forged\n");
  }
  const Ran damaged = staged.run("other.db", "--artifacts " + staged.place.path("s.db.artifacts"));
  CHECK(damaged.status == 5);
  CHECK_THAT(damaged.err, ContainsSubstring("model/words: expected ") &&
                              ContainsSubstring("       delete " + staged.place.path("s.db.art")));
  staged.write(R"(, "fault": "usage")");
  const Ran usage = staged.run("usage.db");
  CHECK(usage.status == 2);
  CHECK_THAT(usage.err, ContainsSubstring("model 'staged': these data do not suit") &&
                            ContainsSubstring("0 cells done now, 0 before, 2 failed"));
}
