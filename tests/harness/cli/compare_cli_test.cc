// cupel compare as scripts see it.
#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::content;
using test::Ran;
using test::run;

/// A store with two scored runs and one that is not: "a" is the bundled file, "b" worse.
struct Fixture {
  test::TempDir dir;
  std::string store = (dir / "s.db").string();

  Fixture() {
    std::ifstream in(test::suite("generation.tsv"));
    std::ofstream worse(dir / "worse.tsv");
    std::string line;
    for (int i = 0; std::getline(in, line); ++i)
      worse << (i > 0 && i % 3 == 0 ? line.substr(0, line.rfind('\t')) + "\tC(" : line) << '\n';
    worse.close();
    import(test::suite("generation.tsv").string(), "a");
    import((dir / "worse.tsv").string(), "b");
    REQUIRE(run("score --protocol cupel --resamples 0 --store " + store).status == 0);
    import(test::suite("captioning.tsv").string(), "c", "captioning");
    import(test::suite("captioning.tsv").string(), "a", "captioning");
  }

  void import(const std::string& file, const std::string& model,
              const std::string& task = "generation") const {
    const Ran ran = run("import " + file + " --model " + model + " --task " + task +
                        " --dataset mini --store " + store);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
  }

  [[nodiscard]] Ran compare(const std::string& arguments) const {
    return run("compare " + arguments + " --store " + store);
  }
};

const std::string kQuick = " --task generation --resamples 500 --trials 500 ";

TEST_CASE_METHOD(Fixture, "cupel compare prints three tables and leaves the store as it is") {
  const std::string before = content(store);
  std::filesystem::permissions(store, std::filesystem::perms::owner_read);
  const Ran text = compare("a b" + kQuick);
  INFO(text.err);
  CHECK(text.status == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out, ContainsSubstring(" (b) against A = ") && ContainsSubstring("  worse\n") &&
                           ContainsSubstring("Examples that moved most, bleu under cupel") &&
                           ContainsSubstring("Settings that differ"));
  const Ran json = compare("a b --format json --metric validity --metric exact --top 2" + kQuick);
  REQUIRE(json.status == 0);
  const JsonValue root = parse_json(json.out, "stdout");
  JsonObject object(root, "stdout");
  REQUIRE(object.member("metrics").items.size() == 2);
  JsonObject exact(object.member("metrics").items[0], "stdout");
  CHECK(exact.text("metric") == "exact");  // in the protocol's order
  CHECK(exact.member("p_bootstrap_holm").real >= exact.member("p_bootstrap").real);
  const auto& examples = object.member("examples").items;
  REQUIRE(examples.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    JsonObject one(examples[i], "stdout");
    CHECK(one.text("metric") == "validity");
    CHECK(one.integer("position") == (i == 0 ? 2 : 8));  // 5 is invalid in both
    CHECK(one.text("candidate_prediction") == "C(");
  }
  CHECK(content(store) == before);
  CHECK_FALSE(std::filesystem::exists(store + "-journal"));
}

TEST_CASE_METHOD(Fixture, "cupel compare gives the same bytes twice, and others for another seed") {
  for (const char* format : {"text", "md", "csv", "json"}) {
    const std::string command = "a b" + kQuick + "--format " + format;
    CHECK(compare(command).out == compare(command).out);
  }
  const std::string csv = "a b" + kQuick + "--format csv";
  CHECK(compare(csv).out != compare(csv + " --seed 2").out);
  CHECK(compare(csv).out != compare(csv + " --confidence 0.9").out);
}

TEST_CASE_METHOD(Fixture, "cupel compare says what is wrong and what to do about it") {
  const std::array<std::array<std::string, 3>, 9> cases = {{
      {"a", "2", "B is required"},
      {"a nobody --task generation", "2", "no run 'nobody'"},
      {"a b", "2", "--task"},
      {"b c", "2", "compare two runs of one task"},
      {"a b --task generation --protocol cupell", "2", "did you mean 'cupel'?"},
      {"a b --task generation --metric morgn", "2", "did you mean 'morgan'?"},
      {"a b --task generation --metric meteor", "2", "has the metric 'meteor'"},
      {"a b --task generation --protocol molt5", "4", "--protocol molt5"},
      {"a c --task captioning", "4", "cupel score --store"},
  }};
  for (const auto& [arguments, status, expected] : cases) {
    const Ran ran = compare(arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(std::to_string(ran.status) == status);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(expected));
  }
  CHECK(run("compare a b --store " + (dir / "none.db").string()).status == 7);
  CHECK(run("compare a b").status == 2);
}

TEST_CASE_METHOD(Fixture, "the command that cupel compare names makes the comparison possible") {
  const Ran refused = compare("a c --task captioning");
  REQUIRE(refused.status == 4);
  const auto at = refused.err.find("cupel score");
  REQUIRE(at != std::string::npos);
  const std::string words = refused.err.substr(at + 6, refused.err.find('\n', at) - at - 6);
  REQUIRE(run(words + " --resamples 0").status == 0);
  CHECK(compare("a c --task captioning --resamples 100 --trials 100").status == 0);
}

}  // namespace
