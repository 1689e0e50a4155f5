#include "harness/plan/plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

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

/// A model of two options: "depth" changes the pre-training, "beams" the answers.
models::ModelEntry staged(const std::filesystem::path& path) {
  models::ModelEntry entry{.id = path.stem().string(),
                           .summary = "staged",
                           .version = 3,
                           .capabilities = {Capability::kCaptioning, Capability::kTextRetrieval,
                                            Capability::kMoleculeRetrieval},
                           .random = true,
                           .stages = true};
  const auto effect = [](std::size_t place) { return models::Effects().set(place); };
  entry.options = {
      {"depth", "s", std::int64_t{2}, 1, 9, effect(0)},
      {"rate", "s", 0.5, 0, 1, effect(static_cast<std::size_t>(Objective::kCaptioning))},
      {"beams", "s", std::int64_t{5}, 1, 9, effect(models::kAnswers)},
      {"batch", "s", std::int64_t{8}, 1, 9, models::Effects()}};
  entry.identity = [] { return std::map<std::string, std::string>{{"plugin", "p"}}; };
  return entry;
}

constexpr std::string_view kStaged = R"({
  "name": "staged", "protocols": ["cupel"],
  "models": [{"model": "mine.json", "options": {"batch": 8},
              "stages": [{"objective": "pretraining", "dataset": "mini-pubchemstm-distill"}]}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "text-to-molecule-retrieval", "dataset": "mini-pcdes"},
            {"task": "molecule-to-text-retrieval", "dataset": "mini-pcdes"}]
})";

std::unique_ptr<Plan> staged_plan(std::string_view from = "", std::string_view to = "") {
  std::string text(kStaged);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return std::make_unique<Plan>(
      parse_manifest(text.replace(at, from.size(), to), "m.json", staged));
}

/// Digests of the chain and of the cell itself.
std::vector<Digest> chain_digests(const Plan& plan, std::size_t place) {
  std::vector<Digest> all;
  for (const PlannedStage& stage : plan.cells().at(place).chain) all.push_back(stage.digest);
  all.push_back(plan.cells().at(place).cell.digest());
  return all;
}

TEST_CASE("the configuration of a model without stages is what it always was") {
  const Plan plan(manifest());
  std::string config = plan.cells().at(6).cell.config;
  const std::string rdkit(chem::rdkit_version());
  config.replace(config.find(rdkit), rdkit.size(), "RDKIT");
  CHECK(config == R"({
  "dataset": {
    "digest": "515e0b4a2bc629266c75b856e7459d4e91099b61a9944f40b812bb54f9d61078",
    "id": "mini-bbbp"
  },
  "kind": "run",
  "model": {
    "identity": {
      "model": "ecfp-forest"
    },
    "learns": true,
    "options": {
      "bits": 2048,
      "min-leaf": 1,
      "radius": 2,
      "trees": 10
    },
    "version": 1
  },
  "rdkit": "RDKIT",
  "seed": 3,
  "split": "test",
  "task": {
    "id": "property-bbbp",
    "version": 1
  }
}
)");
}

TEST_CASE("cells with the same training share their stages") {
  const auto plan = staged_plan();
  const auto& cells = plan->cells();
  REQUIRE(cells.size() == 3);
  for (const PlanCell& cell : cells) {
    REQUIRE(cell.chain.size() == 2);
    CHECK(cell.chain[0].objective == Objective::kPretraining);
    CHECK(cell.chain[0].dataset->id == "mini-pubchemstm-distill");
    CHECK_FALSE(cell.chain[0].parent);
    CHECK(cell.chain[0].seed == 1);
    CHECK(cell.chain[0].digest == cells[0].chain[0].digest);
    CHECK(cell.chain[1].parent == cell.chain[0].digest);
    CHECK(cell.chain[1].dataset == cell.task->dataset);
    CHECK(cell.cell.config.contains("\"stage\": \"" + to_hex(cell.chain[1].digest) + "\""));
    CHECK_FALSE(cell.cell.config.contains("learns"));
    for (const PlannedStage& stage : cell.chain) {
      CHECK(to_hex(stage.digest) == sha256_hex(stage.config));
      CHECK_FALSE(stage.config.contains("beams"));
      CHECK_FALSE(stage.config.contains("batch"));
    }
  }
  CHECK(cells[0].chain[1].objective == Objective::kCaptioning);
  CHECK(cells[1].chain[1].objective == Objective::kRetrieval);
  CHECK(cells[1].chain[1].digest == cells[2].chain[1].digest);  // both directions
  CHECK(cells[1].cell.digest() != cells[2].cell.digest());
  CHECK(stages_of(*plan, cells_to_run(*plan, {})).size() == 3);
  CHECK(stages_of(*plan, std::vector<std::size_t>{2}).size() == 2);
}

TEST_CASE("the configuration of a stage has sorted keys, and all that can change it") {
  const auto plan = staged_plan();
  const std::function<void(const JsonValue&)> sorted = [&](const JsonValue& value) {
    CHECK(std::ranges::is_sorted(value.members, {}, &JsonMember::key));
    for (const JsonMember& member : value.members) sorted(member.value);
  };
  for (const PlanCell& cell : plan->cells()) {
    sorted(parse_json(cell.cell.config, "config"));
    for (const PlannedStage& stage : cell.chain) sorted(parse_json(stage.config, "config"));
  }
  const std::string& config = plan->cells()[0].chain[1].config;
  for (const std::string part :
       {"\"kind\": \"stage\"", "\"objective\": \"captioning\"", "\"plugin\": \"p\"",
        "\"rate\": 0.5", "\"version\": 3", "\"seed\": 1", "\"id\": \"mini-chebi-20\""}) {
    CAPTURE(part);
    CHECK(config.contains(part));
  }
  CHECK(config.contains("\"parent\": \"" + to_hex(plan->cells()[0].chain[0].digest) + "\""));
}

TEST_CASE("an option changes the digests of what it can change, and of what stands on that") {
  const auto original = chain_digests(*staged_plan(), 0);
  const auto changed = [&](std::string_view from, std::string_view to) {
    const auto other = chain_digests(*staged_plan(from, to), 0);
    REQUIRE(other.size() == 3);
    std::string which;
    for (std::size_t i = 0; i < 3; ++i) which += other[i] == original[i] ? '.' : 'x';
    return which;
  };
  CHECK(changed("\"batch\": 8", "\"batch\": 1") == "...");
  CHECK(changed("\"batch\": 8", "\"beams\": 1") == "..x");
  CHECK(changed("\"batch\": 8", "\"rate\": 0.25") == ".xx");
  CHECK(changed("\"batch\": 8", "\"depth\": 1") == "xxx");
  CHECK(changed("\"batch\": 8", "\"depth\": 2") == "...");
  CHECK(changed("\"mini-pubchemstm-distill\"", "\"mini-pcdes\"") == "xxx");
  CHECK(changed("\"mini-chebi-20\"", "\"mini-pcdes\"") == ".xx");
  CHECK(changed("\"tasks\"", "\"seeds\": [2], \"tasks\"") == "xxx");
  // Another preset that means the same.
  CHECK(changed("mine.json", "other.json") == "...");
}

TEST_CASE("a file that an option names is identified by what is in it") {
  const test::TempDir scratch;
  const auto external = [](const std::filesystem::path& path) {
    models::ModelEntry entry = staged(path);
    entry.options.push_back({.name = "weights", .summary = "s", .fallback = "", .file = true});
    entry.options.push_back(
        {.name = "kind", .summary = "s", .fallback = "a", .choices = {"a", "b"}});
    return entry;
  };
  const auto plan = [&](const std::string& options) {
    std::string text(kStaged);
    const std::string_view from = R"("batch": 8)";
    text.replace(text.find(from), from.size(), options);
    return std::make_unique<Plan>(parse_manifest(text, (scratch / "m.json").string(), external));
  };
  const auto last = [](const Plan& made) { return made.cells().front().cell.digest(); };
  std::ofstream(scratch / "one.bin") << "weights";
  std::ofstream(scratch / "same.bin") << "weights";
  std::ofstream(scratch / "other.bin") << "Weights";
  const auto one = plan(R"("weights": "one.bin")");
  CHECK(one->cells().front().model->options.at("weights") ==
        models::OptionValue((scratch / "one.bin").string()));
  CHECK(last(*one) == last(*plan(R"("weights": "same.bin")")));
  CHECK(last(*one) != last(*plan(R"("weights": "other.bin")")));
  CHECK(last(*one) != last(*plan(R"("weights": "")")));
  CHECK_THROWS_WITH(plan(R"("weights": "none.bin")"),
                    Catch::Matchers::ContainsSubstring("m.json:3:") &&
                        Catch::Matchers::ContainsSubstring("none.bin: no such file"));
  CHECK_THROWS_WITH(plan(R"("kind": "c")"),
                    Catch::Matchers::ContainsSubstring("'kind' must be one of a, b, not 'c'"));
}

TEST_CASE("what is not fine-tuned stands on the stage before") {
  const auto plan = staged_plan("\"stages\"", "\"finetune\": [\"retrieval\"], \"stages\"");
  CHECK(plan->cells()[0].chain.size() == 1);
  CHECK(plan->cells()[1].chain.size() == 2);
  const auto whole = staged_plan();
  CHECK(plan->cells()[0].chain[0].digest == whole->cells()[0].chain[0].digest);
  CHECK(plan->cells()[0].cell.digest() != whole->cells()[0].cell.digest());
  CHECK(plan->cells()[1].cell.digest() == whole->cells()[1].cell.digest());
}

}  // namespace
