#include "harness/plugin/external_models.h"

#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/plan/plan.h"
#include "tests/support/paths.h"
#include "tests/support/staged.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;

std::string preset(const std::string& id, const std::string& plugin) {
  return R"({"id": ")" + id + R"(", "summary": "s", "version": 1, "plugin": ")" + plugin +
         R"(", "implementation": "x", "capabilities": ["property"], "random": true})";
}

}  // namespace

TEST_CASE("models are known from presets; what is missing is missed when they run") {
  const test::TempDir dir;
  write_file(dir / "b.json", preset("first", "torch"));
  write_file(dir / "a.json", preset("second", "missing.so"));
  write_file(dir / "notes.txt", "no preset");
  const auto known = known_models({dir / "", dir / "no-such-folder"}, "/modules");
  const std::size_t own = models::model_registry().entries().size();
  REQUIRE(known.entries().size() == own + 2);
  CHECK(known.entries()[own].id == "second");
  CHECK(known.get("first").random);
  CHECK(known.get("first").can(Capability::kProperty));
  const auto refused = [&](const char* id) -> std::string {
    try {
      (void)known.get(id).make({});
    } catch (const Error& error) {
      CHECK(error.code() == Code::kCapability);
      return error.what();
    }
    return {};
  };
  CHECK(refused("first") == "/modules/cupel_torch.so: no such plug-in");
  CHECK(refused("second") == (dir / "missing.so").string() + ": no such plug-in");
}

TEST_CASE("two presets of one id are refused, and so is JSON that is no preset") {
  const test::TempDir dir;
  write_file(dir / "a.json", preset("same", "torch"));
  write_file(dir / "b.json", preset("same", "torch"));
  CHECK_THROWS_WITH(known_models({dir / ""}, ""),
                    ContainsSubstring("b.json: there is already a model 'same'"));
  write_file(dir / "b.json", "{}");
  CHECK_THROWS_WITH(known_models({dir / ""}, ""),
                    ContainsSubstring("b.json:1:1: key 'id' is missing"));
}

TEST_CASE("a derived preset is the same model: equal options are equal cells and stages") {
  const test::TempDir dir;
  write_file(dir / "staged.json", test::staged_preset());
  std::filesystem::create_directories(dir / "sub");
  write_file(dir / "sub/heavy.json", R"({"id": "heavy", "summary": "words count more",
      "base": "../staged.json", "options": {"weight": 3}})");
  const Plan plan(parse_manifest(
      R"({"name": "m", "protocols": ["cupel"], "models": ["staged.json", "sub/heavy.json",
          {"model": "staged.json", "name": "same", "options": {"weight": 3}}],
          "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
                    {"task": "generation", "dataset": "mini-chebi-20"}]})",
      (dir / "m.json").string(), [](const std::filesystem::path& path) {
        return external_model(models::read_preset(path), {});
      }));
  const auto& cells = plan.cells();
  REQUIRE(cells.size() == 6);
  CHECK(cells[1].cell.model == "heavy");
  CHECK(cells[1].cell.digest() == cells[2].cell.digest());
  CHECK(cells[1].cell.digest() != cells[0].cell.digest());
  CHECK(cells[1].chain.back().digest == cells[2].chain.back().digest);
  // The option is one of captioning alone.
  CHECK(cells[4].cell.digest() == cells[3].cell.digest());
}
