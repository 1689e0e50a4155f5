#include "harness/run/environment.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/version.h"
#include "tests/support/fake_runs.h"
#include "tests/support/staged.h"

TEST_CASE("environment facts are one JSON object that names versions, system and threads") {
  const std::string facts = cupel::environment_facts();
  CHECK(cupel::environment_facts() == facts);
  const cupel::JsonValue root = cupel::parse_json(facts, "facts");
  cupel::JsonObject object(root, "facts");
  CHECK(object.text("cupel") == cupel::kVersion);
  CHECK(object.text("sqlite").starts_with("3."));
  CHECK_FALSE(object.text("rdkit").empty());
  CHECK(object.text("system").starts_with("Linux "));
  CHECK(object.integer("threads") >= 1);
  for (const char* key : {"compiler", "inchi", "processor"}) (void)object.text(key);
  object.finish();
}

TEST_CASE("the environment of cells names what their models run on") {
  const cupel::tasks::DatasetDescriptor none;
  auto model = cupel::test::staged_model("staged");
  auto entry = *model.entry;
  entry.runs_on = [inner = entry.runs_on] {
    auto facts = inner();
    facts["staged.gemm-gflops"] = "31";
    return facts;
  };
  model.entry = std::make_shared<const cupel::models::ModelEntry>(entry);
  auto broken = cupel::test::staged_model("broken");
  entry.runs_on = []() -> std::map<std::string, std::string> {
    throw cupel::Error(cupel::Code::kCapability, "no library");
  };
  broken.entry = std::make_shared<const cupel::models::ModelEntry>(entry);
  const cupel::Plan plan(
      cupel::test::made_manifest({model, broken}, {cupel::test::made_task("captioning", none)}));
  const std::vector<std::size_t> cells = {0, 1};
  const cupel::JsonValue root =
      cupel::parse_json(cupel::environment_facts(plan, cells, 3), "facts");
  cupel::JsonObject object(root, "facts");
  CHECK(object.integer("jobs") == 3);
  CHECK(object.text("staged.staged") == "1");
  CHECK(object.find("staged.gemm-gflops") == nullptr);
  CHECK(object.text("cupel") == cupel::kVersion);
}
