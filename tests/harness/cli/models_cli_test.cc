// `cupel list models`: from presets alone.
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Ran;
using test::run;

const std::string kPreset =
    R"({"id": "mine", "summary": "a model of mine", "version": 3, "plugin": "gone.so",
        "implementation": "x", "capabilities": ["captioning", "property"], "random": true})";

}  // namespace

TEST_CASE("list models shows presets, though their plug-in is missing") {
  const test::TempDir dir;
  write_file(dir / "mine.json", kPreset);
  const std::string presets = "list models --presets " + (dir / "").string();
  const Ran text = run(presets);
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("mine") && ContainsSubstring("a model of mine"));
  const Ran json = run(presets + " --format json");
  REQUIRE(json.status == 0);
  CHECK_THAT(json.out, ContainsSubstring(R"("capabilities": "captioning,property")") &&
                           ContainsSubstring(R"("version": "3")"));
  CHECK(parse_json(json.out, "out").kind == JsonValue::Kind::kArray);
  CHECK(run("list models").status == 0);
}

TEST_CASE("list models reads the presets beside the program's modules") {
  const test::TempDir dir;
  std::filesystem::create_directories(dir / "bin");
  std::filesystem::create_directories(dir / "lib/cupel/presets");
  std::filesystem::copy_file(CUPEL_PROGRAM, dir / "bin/cupel");
  write_file(dir / "lib/cupel/presets/mine.json", kPreset);
  const std::string out = (dir / "out").string();
  REQUIRE(std::system(((dir / "bin/cupel").string() + " list models >" + out).c_str()) == 0);
  CHECK_THAT(test::content(out), ContainsSubstring("a model of mine"));
}

TEST_CASE("list models says what is wrong with a preset") {
  const test::TempDir dir;
  write_file(dir / "mine.json", "{\"id\": 3}");
  const Ran bad = run("list models --presets " + (dir / "").string());
  CHECK(bad.status == 2);
  CHECK_THAT(bad.err, ContainsSubstring("mine.json:1:8: 'id' must be a string"));
  const Ran none = run("list models --presets /no/such/folder");
  CHECK(none.status == 2);
  CHECK_THAT(none.err, ContainsSubstring("CUPEL_PRESETS"));
}
