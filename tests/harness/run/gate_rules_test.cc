#include "harness/run/gate_rules.h"

#include <array>
#include <filesystem>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

std::string refusal(const std::string& json) {
  try {
    static_cast<void>(parse_gate_rules(json, "r.json"));
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

constexpr const char* kMorgan =
    R"("metrics": {"morgan": {"tolerance": 0.02, "minimum-effect": 0.01}})";

std::string rules(const std::string& more) { return "{" + std::string(kMorgan) + more + "}"; }

}  // namespace

TEST_CASE("rules of a gate are read, and a task's own come first") {
  const GateRules read = parse_gate_rules(
      rules(
          R"(, "alpha": 0.01, "power": 0.9, "seed": 7, "calibration": false, "protocols": ["cupel"],
              "tasks": {"generation": {"morgan": {"tolerance": 0.5, "minimum-effect": 0}}},
              "required": [{"task": "generation", "metric": "morgan", "model": "a"}],
              "throughput": {"tolerance": 0.1, "minimum-effect": 0.1, "interleaved": true,
                             "required": ["decode"]})"),
      "r.json");
  CHECK(read.alpha == 0.01);
  CHECK(read.power == 0.9);
  CHECK(read.seed == 7);
  CHECK_FALSE(read.calibration);
  CHECK(read.protocols == std::vector<std::string>{"cupel"});
  CHECK(read.limits_of("generation", "morgan")->tolerance == 0.5);
  CHECK(read.limits_of("captioning", "morgan")->tolerance == 0.02);
  CHECK(read.limits_of("generation", "bleu") == nullptr);
  CHECK(read.required.at(0).model == "a");
  CHECK(read.throughput->interleaved);
  CHECK(read.throughput->required == std::vector<std::string>{"decode"});
}

TEST_CASE("what rules leave out has the defaults that the schema states") {
  const GateRules read = parse_gate_rules(rules(""), "r.json");
  CHECK(read.alpha == 0.05);
  CHECK(read.power == 0.8);
  CHECK(read.seed == 1);
  CHECK(read.calibration);
  CHECK_FALSE(read.throughput);
}

TEST_CASE("bad rules are refused with place and remedy") {
  const std::array<std::array<std::string, 2>, 13> cases = {{
      {rules(R"(, "alhpa": 0.1)"), "alpha"},
      {rules(R"(, "alpha": 0.1, "alpha": 0.1)"), "r.json:1:"},
      {rules(R"(, "alpha": 0.5)"), "'alpha' must be above 0 and below 0.5"},
      {rules(R"(, "power": "high")"), "'power' must be a number"},
      {rules(R"(, "calibration": 1)"), "'calibration' must be true or false"},
      {R"({"metrics": {"morgn": {"tolerance": 1, "minimum-effect": 0}}})",
       "did you mean 'morgan'?"},
      {R"({"metrics": {"morgan": {"tolerance": 0.01, "minimum-effect": 0.02}}})",
       "'minimum-effect' is larger than 'tolerance'"},
      {R"({"metrics": {"morgan": {"tolerance": 0, "minimum-effect": 0}}})",
       "'tolerance' must be above 0"},
      {R"({"metrics": {"morgan": {"tolerance": 0.1}}})", "'minimum-effect' is missing"},
      {rules(R"(, "tasks": {"generatoin": {}})"), "did you mean 'generation'?"},
      {rules(R"(, "required": [{"task": "generation", "metric": "bleu"}])"),
       "no rule covers bleu of generation"},
      {rules(R"(, "throughput": {"tolerance": 0.1, "minimum-effect": 0.1, "interleave": true})"),
       "interleaved"},
      {"{}", "the rules cover nothing"},
  }};
  for (const auto& [json, expected] : cases) {
    INFO(json);
    CHECK_THAT(refusal(json), ContainsSubstring(expected));
  }
}

TEST_CASE("the rules that Cupel brings are rules") {
  const GateRules read =
      read_gate_rules(std::filesystem::path(CUPEL_SOURCE_DIR) / "tasks/gates/default.json");
  CHECK(read.limits_of("generation", "morgan") != nullptr);
  CHECK(read.limits_of("property-bace", "roc-auc") != nullptr);
  CHECK(read.throughput);
}

namespace {

void collect_properties(const JsonValue& schema, std::set<std::string>& keys) {
  for (const JsonMember& member : schema.members) {
    if (member.key == "properties") {
      for (const JsonMember& property : member.value.members) keys.insert(property.key);
    }
    collect_properties(member.value, keys);
  }
  for (const JsonValue& item : schema.items) collect_properties(item, keys);
}

}  // namespace

TEST_CASE("the schema of gate rules has the keys that the parser knows") {
  std::set<std::string> described;
  collect_properties(parse_json(gate_schema(), "schema"), described);
  CHECK(described == std::set<std::string>{"alpha", "calibration", "expected", "interleaved",
                                           "metric", "metrics", "minimum-effect", "model", "power",
                                           "protocols", "required", "seed", "summary", "task",
                                           "tasks", "throughput", "tolerance"});
}
