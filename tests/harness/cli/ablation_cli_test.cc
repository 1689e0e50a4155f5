// cupel ablation as scripts see it.
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/harness/run/made_plans.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::content;
using test::Ran;
using test::run;

/// A scored sweep over levels with two seeds; the last cell is missing.
struct Fixture {
  test::TempDir dir;
  std::string store = (dir / "s.db").string();

  Fixture() {
    std::vector<results::PlannedCell> plan;
    for (const int seed : {1, 2}) {
      for (const int levels : {3, 2, 0}) {
        const test::MadeCell one{.name = fmt::format("levels-{}", levels),
                                 .options = fmt::format(R"("levels":{})", levels),
                                 .seed = seed};
        plan.push_back({.cell = one.cell(), .reason = {}});
      }
    }
    results::StoreWriter writer(store, true, "{}");
    test::put_plan(writer, plan);
    for (std::size_t c = 0; c + 1 < plan.size(); ++c) {
      std::vector<unsigned> distances;
      for (std::size_t i = 0; i < 30; ++i)
        distances.push_back(static_cast<unsigned>(5 + (i * (c + 3)) % 7 + 2 * (c % 3)));
      test::put_run(writer, plan[c].cell, distances);
    }
  }

  void score() const { test::score_in(store, {.resamples = 0}, test::kDistanceProtocol); }
  [[nodiscard]] Ran ablation(const std::string& arguments = "") const {
    return run("ablation --resamples 300 --trials 300 --store " + store + " " + arguments);
  }
};

TEST_CASE_METHOD(Fixture, "cupel ablation prints what stands, names what is missing, and is 4") {
  score();
  const std::string before = content(store);
  const Ran text = ablation();
  INFO(text.err);
  CHECK(text.status == 4);
  CHECK_THAT(text.out, ContainsSubstring(": 2 variants against levels-3\n") &&
                           ContainsSubstring("levels: 3 -> 2") && ContainsSubstring("Left out") &&
                           ContainsSubstring("generation on made, test, protocol distance"));
  CHECK_THAT(text.err, ContainsSubstring("1 cells of the plan are incomplete"));
  const Ran json = ablation("--format json");
  CHECK(json.status == 4);
  const JsonValue root = parse_json(json.out, "stdout");
  JsonObject object(root, "stdout");
  REQUIRE(object.member("effects").items.size() == 2);
  JsonObject first(object.member("effects").items[0], "stdout");
  CHECK(first.text("variant") == "levels-2");
  CHECK(first.integer("seeds") == 2);
  JsonObject second(object.member("effects").items[1], "stdout");
  CHECK(second.integer("seeds") == 1);
  CHECK(second.text("covers") == "examples");
  CHECK(object.member("gaps").items.size() == 1);
  for (const char* format : {"text", "md", "csv", "json"}) {
    const std::string arguments = std::string("--format ") + format;
    CHECK(ablation(arguments).out == ablation(arguments).out);
  }
  CHECK(content(store) == before);
}

TEST_CASE_METHOD(Fixture, "cupel ablation says what is wrong and what to do about it") {
  const Ran unscored = ablation();
  CHECK(unscored.status == 4);
  CHECK_THAT(unscored.out, ContainsSubstring("not scored; see: cupel score --store "));
  score();
  const std::array<std::array<std::string, 3>, 7> cases = {{
      {"--reference levels-4", "2", "the plan has no variant 'levels-4'"},
      {"--reference level-3", "2", "did you mean 'levels-3'?"},
      {"--task generatoin", "2", "did you mean 'generation'?"},
      {"--metric levenstein", "2", "did you mean 'levenshtein'?"},
      {"--protocol distanse", "2", "did you mean 'distance'?"},
      {"--plan nothing", "2", "'nothing'"},
      {"--resamples 0", "2", "--resamples"},
  }};
  for (const auto& [arguments, status, expected] : cases) {
    const Ran ran = ablation(arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(std::to_string(ran.status) == status);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(expected));
  }
  CHECK(run("ablation --store " + (dir / "none.db").string()).status == 7);
  CHECK(run("ablation").status == 2);
  const Ran help = run("ablation --help");
  CHECK(help.status == 0);
  CHECK_THAT(help.out, ContainsSubstring("cupel ablation --store sweep.db") &&
                           ContainsSubstring("Exit status 4"));
}

}  // namespace
