// cupel audit invariance, as scripts see it.
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/manifests.h"
#include "tests/support/staged.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Manifests;
using test::Ran;

Ran audit(const Manifests& place, const std::string& more) {
  return test::run_with(test::cache_variable(), "audit invariance " + place.path("m.json") +
                                                    " --store " + place.path("s.db") + " " + more);
}

}  // namespace

TEST_CASE("a process that looks at its call's longest input is caught, and the condition named") {
  const Manifests place(R"({"name": "leaks", "protocols": ["cupel"], "resamples": 0,
    "models": ["leaking.json", "copy"],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const auto script =
      std::filesystem::path(CUPEL_SOURCE_DIR) / "tests/support/misbehaving_model.py";
  test::write_bytes(place.path("leaking.json"),
                    R"({"id": "leaking", "summary": "pads to its call", "version": 1,
    "process": {"argv": ["python3", ")" +
                        script.string() + R"(", "leak"]}, "capabilities": ["captioning"],
    "random": false, "learns": false})");
  const Ran text = audit(place, "--limit 12");
  INFO(text.err);
  CHECK(text.status == 1);
  CHECK_THAT(text.out, ContainsSubstring("FAILED calls of 1 ") && ContainsSubstring("flipped") &&
                           ContainsSubstring("no margin told") &&
                           ContainsSubstring("ok     order 1") &&
                           ContainsSubstring("captioning on mini-chebi-20: copy, 12 examples"));
  CHECK_THAT(text.err, ContainsSubstring("calls of 1: FAILED"));

  const Ran json = audit(place, "--limit 12 --format json");
  CHECK(json.status == 1);
  const JsonValue root = parse_json(json.out, "out");
  JsonObject document(root, "out");
  CHECK_FALSE(document.member("passed").truth);
  const JsonValue& cells = document.member("cells");
  REQUIRE(cells.items.size() == 2);
  for (const JsonValue& item : cells.items) {
    JsonObject cell(item, "out");
    const bool leaking = cell.text("model") == "leaking";
    CHECK(cell.member("passed").truth != leaking);
    JsonObject first(cell.member("conditions").items.at(0), "out");
    CHECK(first.text("condition") == "calls of 1");
    CHECK(first.member("flips").items.empty() != leaking);
    if (!leaking) continue;
    JsonObject flip(first.member("flips").items.at(0), "out");
    CHECK(flip.member("margin").kind == JsonValue::Kind::kNull);
    CHECK(flip.integer("position") > 1);
  }
  CHECK(audit(place, "--limit 12 --model copy").status == 0);
}

TEST_CASE("the audit trains the stages that are not there, and a run finds them") {
  const Manifests place(R"({"name": "staged", "protocols": ["cupel"], "resamples": 0,
    "models": ["staged.json"], "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
      {"task": "text-to-molecule-retrieval", "dataset": "mini-pcdes"}]})");
  test::write_bytes(place.path("staged.json"), test::staged_preset());
  const Ran captioning = audit(place, "--limit 10 --task captioning");
  INFO(captioning.err);
  CHECK(captioning.status == 0);
  CHECK_THAT(captioning.err, ContainsSubstring("trained captioning on mini-chebi-20"));
  CHECK_THAT(captioning.out, ContainsSubstring("conditions on 1 cells, 0 failed"));
  // Its scores count up from the first of a call.
  const Ran retrieval = audit(place, "--limit 10 --task text-to-molecule-retrieval");
  CHECK(retrieval.status == 1);
  CHECK_THAT(retrieval.out, ContainsSubstring("FAILED calls of 1 "));
  const Ran run = place.run("s.db", "--limit 10");
  CHECK(run.status == 0);
  CHECK_THAT(run.err, !ContainsSubstring("trained"));
}

TEST_CASE("the audit of invariance says what it was not asked well") {
  const Manifests place(R"({"name": "one", "protocols": ["cupel"], "models": ["copy"],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const Ran none = audit(place, "--model atomas");
  CHECK(none.status == 2);
  CHECK_THAT(none.err, ContainsSubstring("no cell of the manifest is of this model and task") &&
                           ContainsSubstring("copy on captioning"));
  CHECK(audit(place, "--limit 0").status == 2);
  CHECK_THAT(test::run("audit invariance --help").out,
             ContainsSubstring("--limit N") && ContainsSubstring("near-tie"));
}
