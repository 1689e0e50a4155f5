#include "harness/run/environment.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "harness/version.h"

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
