#include "harness/plan/plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace {

using namespace cupel;

constexpr std::string_view kManifest = R"({
  "name": "plan",
  "protocols": ["cupel"],
  "seeds": [1, 2],
  "models": ["copy", {"model": "ecfp-forest", "grid": {"trees": [10, 20]}}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "property-bbbp", "dataset": "mini-bbbp", "seeds": [3]}]
})";

models::ModelEntry no_presets(const std::filesystem::path& path) {
  throw Error(Code::kUsage, path.string());
}

Manifest manifest(std::string_view text = kManifest) {
  return parse_manifest(text, "m.json", no_presets);
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kManifest);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> digests(const Plan& plan) {
  std::vector<std::string> all;
  for (const PlanCell& cell : plan.cells()) all.push_back(to_hex(cell.cell.digest()));
  return all;
}

TEST_CASE("a manifest is expanded task by task, model by model, seed by seed") {
  const Plan plan(manifest());
  std::vector<std::string> lines;
  for (const PlanCell& cell : plan.cells()) {
    lines.push_back(cell.cell.task + " " + cell.cell.dataset + " " + cell.cell.model +
                    (cell.seed ? " " + std::to_string(*cell.seed) : "") +
                    (cell.applicable() ? "" : ": " + cell.reason));
  }
  CHECK(lines == std::vector<std::string>{
                     "captioning mini-chebi-20 copy",
                     "captioning mini-chebi-20 ecfp-forest[trees=10] 1: ecfp-forest has no "
                     "capability 'captioning'",
                     "captioning mini-chebi-20 ecfp-forest[trees=10] 2: ecfp-forest has no "
                     "capability 'captioning'",
                     "captioning mini-chebi-20 ecfp-forest[trees=20] 1: ecfp-forest has no "
                     "capability 'captioning'",
                     "captioning mini-chebi-20 ecfp-forest[trees=20] 2: ecfp-forest has no "
                     "capability 'captioning'",
                     "property-bbbp mini-bbbp copy: copy has no capability 'property'",
                     "property-bbbp mini-bbbp ecfp-forest[trees=10] 3",
                     "property-bbbp mini-bbbp ecfp-forest[trees=20] 3",
                 });
}

TEST_CASE("the configuration of a cell has sorted keys at every level") {
  const Plan plan(manifest(), 5);
  const std::function<void(const JsonValue&)> sorted = [&](const JsonValue& value) {
    CHECK(std::ranges::is_sorted(value.members, {}, &JsonMember::key));
    for (const JsonMember& member : value.members) sorted(member.value);
  };
  for (const PlanCell& cell : plan.cells()) sorted(parse_json(cell.cell.config, "config"));
}

TEST_CASE("what can change a result changes the cell, and nothing else does") {
  const auto original = digests(Plan(manifest()));
  const auto cell = [&](std::string_view text, std::size_t limit, std::size_t place) {
    return digests(Plan(manifest(text), limit)).at(place);
  };
  constexpr std::size_t kForest = 6;
  // The names of models and manifests, formatting, the other tasks and the protocols are not in it.
  CHECK(cell(replaced("\"plan\"", "\"other\""), 0, kForest) == original[kForest]);
  CHECK(cell(replaced("\"grid\"", "\"name\": \"f\", \"grid\""), 0, kForest) == original[kForest]);
  CHECK(cell(replaced("\n  \"seeds\"", "\n\n\n  \"seeds\""), 0, kForest) == original[kForest]);
  CHECK(cell(replaced("[\"cupel\"]", "[\"cupel\", \"molt5\"]"), 0, kForest) == original[kForest]);
  CHECK(cell(replaced("\"name\": \"plan\"", "\"name\": \"plan\", \"resamples\": 7"), 0, kForest) ==
        original[kForest]);
  // A default that is written out is the default.
  CHECK(cell(replaced("\"grid\"", "\"options\": {\"min-leaf\": 1}, \"grid\""), 0, kForest) ==
        original[kForest]);
  // Options, seeds, data, tasks and limits are.
  CHECK(cell(replaced("[10, 20]", "[11, 20]"), 0, kForest) != original[kForest]);
  CHECK(cell(replaced("\"grid\"", "\"options\": {\"min-leaf\": 2}, \"grid\""), 0, kForest) !=
        original[kForest]);
  CHECK(cell(replaced("[3]", "[4]"), 0, kForest) != original[kForest]);
  CHECK(cell(kManifest, 5, kForest) != original[kForest]);
  CHECK(cell(replaced("property-bbbp\", \"dataset\": \"mini-bbbp\"", "property-bbbp\""), 0,
             kForest) != original[kForest]);
}

TEST_CASE("a limited cell cannot pass for a whole one") {
  const Plan plan(manifest(), 20);
  for (const PlanCell& cell : plan.cells()) CHECK(cell.cell.split == "test (first 20)");
}

TEST_CASE("variants that mean the same are one cell to run, and two rows of the plan") {
  const Plan plan(
      manifest(replaced("\"copy\",", "\"copy\", {\"model\": \"copy\", \"name\": \"parrot\"},")));
  CHECK(plan.cells()[0].cell.model == "copy");
  CHECK(plan.cells()[1].cell.model == "parrot");
  CHECK(plan.cells()[0].cell.digest() == plan.cells()[1].cell.digest());
  CHECK(cells_to_run(plan, {}) == std::vector<std::size_t>{0, 8, 9});
}

TEST_CASE("shards are disjoint and complete, however many there are") {
  const Plan plan(manifest(replaced("[10, 20]", "[1, 2, 3, 4, 5, 6, 7]")));
  const auto all = cells_to_run(plan, {});
  REQUIRE(all.size() == 8);
  for (std::size_t count = 1; count <= 10; ++count) {
    std::multiset<std::size_t> seen;
    for (std::size_t index = 0; index < count; ++index) {
      for (const std::size_t cell : cells_to_run(plan, {.index = index, .count = count}))
        seen.insert(cell);
    }
    CHECK(std::vector<std::size_t>(seen.begin(), seen.end()) == all);
  }
}

TEST_CASE("a shard is written i/n") {
  const Shard shard = Shard::parse("2/8");
  CHECK(shard.index == 1);
  CHECK(shard.count == 8);
  for (const char* bad : {"", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/ 2", "1/"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Shard::parse(bad), Error);
  }
}

TEST_CASE("what a model stands on is looked up once for all of its cells") {
  int asked = 0;
  const auto external = [&](const std::filesystem::path&) {
    models::ModelEntry entry = models::model_registry().get("ecfp-forest");
    entry.identity = [&asked] {
      ++asked;
      return std::map<std::string, std::string>{{"file", "abc"}};
    };
    return entry;
  };
  const Plan plan(parse_manifest(replaced("\"ecfp-forest\"", "\"mine.json\""), "m.json", external));
  CHECK(plan.cells().size() > 3);
  CHECK(asked == 1);
}

TEST_CASE("the stored plan repeats the cells and their reasons") {
  const Plan plan(manifest());
  const results::StoredPlan stored = plan.stored();
  CHECK(stored.name == "plan");
  CHECK(stored.manifest == kManifest);
  REQUIRE(stored.cells.size() == plan.cells().size());
  for (std::size_t i = 0; i < stored.cells.size(); ++i) {
    CHECK(stored.cells[i].cell.digest() == plan.cells()[i].cell.digest());
    CHECK(stored.cells[i].reason == plan.cells()[i].reason);
  }
  CHECK(stored.digest() == Plan(manifest()).stored().digest());
}

}  // namespace
