// cupel replay as scripts see it.
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/manifests.h"
#include "tests/support/staged.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using test::Manifests;
using test::Ran;

Ran replay(const Manifests& place, const std::string& more) {
  return test::run_with(test::cache_variable(),
                        "replay --store " + place.path("s.db") + " " + more);
}

constexpr const char* kBaselines = R"({"name": "b", "protocols": ["cupel"], "resamples": 10,
  "models": ["nearest-neighbour", {"model": "ecfp-forest", "options": {"trees": 3}}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "property-bbbp", "dataset": "mini-bbbp"}]})";

/// The preset lies beside the store.
std::string staged_manifest(const std::string& options = "") {
  return R"({"name": "staged", "protocols": ["cupel"], "resamples": 0,
  "models": [{"model": "staged.json", "options": {)" +
         options + R"(},
    "stages": [{"objective": "pretraining", "dataset": "mini-pubchemstm-distill"}]}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";
}

std::string temporary() {
  std::string names;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("cupel-replay-")) names += name + " ";
  }
  return names;
}

}  // namespace

TEST_CASE("a baseline is replayed from the store alone, with its limit", "[slow]") {
  const Manifests place(kBaselines);
  REQUIRE(place.run("s.db", "--limit 12").status == 0);
  fs::remove(place.path("m.json"));
  const std::string before = test::content(place.path("s.db"));
  const Ran same = replay(place, "nearest-neighbour --task captioning");
  INFO(same.err);
  CHECK(same.status == 0);
  CHECK_THAT(same.out, ContainsSubstring("(nearest-neighbour, captioning on mini-chebi-20): the "
                                         "same\ncompared and the same: 0 stages, 0 steps with 0 "
                                         "facts, 0 files, 12 predictions, "));
  const Ran forest = replay(place, "ecfp-forest --format json --keep " + place.path("kept"));
  CHECK(forest.status == 0);
  const JsonValue root = parse_json(forest.out, "replay");
  JsonObject document(root, "replay");
  CHECK(document.member("same").truth);
  CHECK(document.member("difference").kind == JsonValue::Kind::kNull);
  CHECK(fs::exists(place.path("kept/replay.db")));
  const Ran twice = replay(place, "ecfp-forest --keep " + place.path("kept"));
  CHECK(twice.status == 2);
  CHECK_THAT(twice.err, ContainsSubstring("kept: is not empty"));
  CHECK(test::content(place.path("s.db")) == before);
}

TEST_CASE("a manifest that means another cell is refused, or replayed by force", "[slow]") {
  const Manifests place(kBaselines);
  REQUIRE(place.run("s.db", "--limit 12").status == 0);
  test::write_bytes(place.path("other.json"),
                    test::replaced(kBaselines, R"("trees": 3)", R"("trees": 4)"));
  const std::string other = "ecfp-forest --manifest " + place.path("other.json");
  const Ran refused = replay(place, other);
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("model.options.trees of config was 3, is 4") &&
                              ContainsSubstring("--force"));
  const Ran forced = replay(place, other + " --force");
  INFO(forced.err);
  CHECK(forced.status == 1);
  CHECK_THAT(forced.out, ContainsSubstring("): differs\nprediction of example 0 (") &&
                             ContainsSubstring(
                                 "\nother setting: model.options.trees of config was 3, is 4\n") &&
                             ContainsSubstring("\nthe environment is the recorded one\n"));
  test::write_bytes(place.path("none.json"), test::replaced(kBaselines, "ecfp-forest", "majority"));
  CHECK(replay(place, "ecfp-forest --manifest " + place.path("none.json")).status == 2);
}

TEST_CASE("stages are replayed, and what differs is 1, damaged or interrupted its own status",
          "[slow]") {
  const Manifests place(staged_manifest());
  test::write_bytes(place.path("staged.json"), test::staged_preset());
  REQUIRE(place.run("s.db", "--limit 5").status == 0);
  const std::string before = temporary();
  const Ran same = replay(place, "staged");
  INFO(same.err);
  CHECK(same.status == 0);
  CHECK_THAT(same.out,
             ContainsSubstring("2 stages, 8 steps with 16 facts, 2 files, 5 predictions"));
  CHECK_THAT(same.err, ContainsSubstring("[1/1] trained pretraining on mini-pubchemstm-distill, "));
  // The preset says that the weight changes captioning alone; the plug-in counts with it before.
  test::write_bytes(place.path("other.json"), staged_manifest(R"("weight": 3)"));
  const Ran other = replay(place, "staged --force --manifest " + place.path("other.json"));
  CHECK(other.status == 1);
  CHECK_THAT(other.out, ContainsSubstring("\nstage pretraining (") &&
                            ContainsSubstring("): step 0: words differs (recorded ") &&
                            ContainsSubstring("; loss is the same at every step\n"));
  test::write_bytes(place.path("term.json"), staged_manifest(R"("fault": "term")"));
  CHECK(replay(place, "staged --manifest " + place.path("term.json")).status == 75);
  test::write_bytes(place.path("fail.json"), staged_manifest(R"("fault": "usage")"));
  CHECK(replay(place, "staged --manifest " + place.path("fail.json")).status == 1);
  test::write_bytes(place.path("version.json"),
                    test::replaced(test::staged_preset(), R"("version": 1)", R"("version": 2)"));
  test::write_bytes(place.path("new.json"),
                    test::replaced(staged_manifest(), "staged.json", "version.json"));
  const Ran version = replay(place, "staged --manifest " + place.path("new.json"));
  CHECK(version.status == 6);
  CHECK_THAT(version.err, ContainsSubstring("model.version of config was 1, is 2"));
  for (const auto& entry : fs::recursive_directory_iterator(place.path("s.db.artifacts"))) {
    if (entry.path().filename() == "words") test::write_bytes(entry.path(), "5 4 forged\n");
  }
  const Ran damaged = replay(place, "staged");
  CHECK(damaged.status == 5);
  CHECK_THAT(damaged.err, ContainsSubstring("model/words: expected "));
  CHECK(temporary() == before);
}

TEST_CASE("what cannot be replayed is refused with a reason") {
  const Manifests place("{}");
  REQUIRE(test::run("import " + test::suite("generation.tsv").string() +
                    " --model m --task generation --dataset mini --store " + place.path("s.db"))
              .status == 0);
  const Ran imported = replay(place, "m");
  CHECK(imported.status == 2);
  CHECK_THAT(imported.err, ContainsSubstring("was imported from a file of predictions"));
  CHECK(replay(place, "nobody").status == 2);
  CHECK(test::run("replay m").status == 2);
  CHECK_THAT(test::run("replay --help").out, ContainsSubstring("state-checksum"));
}
