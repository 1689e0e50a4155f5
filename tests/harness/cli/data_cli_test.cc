// cupel data, and the lists of tasks and data sets.
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Ran;
using test::run;

std::string real(const char* folder) {
  return " --data " + test::real_data(folder).parent_path().string();
}

/// A folder of data with one file of the real one in it.
void link_file(const test::TempDir& dir, const std::string& name) {
  std::filesystem::create_directories((dir / name).parent_path());
  std::filesystem::create_symlink(test::real_data(name), dir / name);
}

}  // namespace

TEST_CASE("tasks and data sets are listed with ids and summaries") {
  for (const char* kind : {"tasks", "datasets"}) {
    const Ran ran = run(std::string("list ") + kind + " --format json");
    REQUIRE(ran.status == 0);
    const JsonValue root = parse_json(ran.out, "stdout");
    CHECK(root.items.size() >= 14);
    for (const JsonValue& item : root.items) {
      JsonObject object(item, "stdout");
      CHECK_FALSE(object.text("id").empty());
      CHECK_FALSE(object.text("summary").empty());
    }
  }
}

TEST_CASE("cupel data list says what is at hand, and what a set is not") {
  const test::TempDir dir;
  const Ran ran = run("data list --format json --suite /no/suite --data " + (dir / "").string());
  REQUIRE(ran.status == 0);
  const JsonValue root = parse_json(ran.out, "stdout");
  JsonObject object(root, "stdout");
  for (const JsonValue& item : object.member("datasets").items) {
    JsonObject set(item, "stdout");
    CHECK(set.text("at_hand") ==
          (set.text("id") == "pubchemstm-distill" ? "never released" : "no"));
  }
  CHECK_THAT(ran.out, ContainsSubstring("chebi-20-open: trained on 3,801"));
}

TEST_CASE("cupel data refuses unknown sets and folders, exit 2, and none at all, exit 6") {
  const Ran unknown = run("data stats pcdess");
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("did you mean 'pcdes'?"));
  const Ran nowhere = run("data list --data /no/such/folder");
  CHECK(nowhere.status == 2);
  CHECK_THAT(nowhere.err, ContainsSubstring("/no/such/folder: no such folder"));
  const Ran none = run("data verify --suite /no/suite");
  CHECK(none.status == 6);
  CHECK_THAT(none.err, ContainsSubstring("CUPEL_DATA"));
  CHECK(run("data stats pcdes").status == 6);
  CHECK_THAT(run("data").err, ContainsSubstring("one of: list verify stats where synth"));
}

TEST_CASE("cupel data verify: a missing file is exit 6 with how to obtain it, another one exit 5") {
  const test::TempDir dir;
  const std::string data = " --data " + (dir / "").string();
  const Ran missing = run("data verify bace" + data);
  CHECK(missing.status == 6);
  CHECK_THAT(missing.out, ContainsSubstring("missing") &&
                              ContainsSubstring("https://github.com/chemprop/chemprop"));
  std::filesystem::create_directories(dir / "moleculenet/chemprop");
  std::ofstream(dir / "moleculenet/chemprop/bace.csv") << std::string(103228, 'x');
  const Ran differs = run("data verify bace bbbp" + data);
  CHECK(differs.status == 5);
  CHECK_THAT(differs.out,
             ContainsSubstring("expected sha256 847be1e38d3798c60df03e1aaf2ccd0f09f9ed89407de78e8"
                               "0463aa637088532, found sha256 "));
  CHECK(run("data verify pubchemstm-distill" + data).status == 6);
}

TEST_CASE("real data: cupel data verify passes for sets that are whole") {
  const Ran ran = run("data verify pcdes tox21 chebi-20-open --format json" + real("pcdes"));
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  const JsonValue root = parse_json(ran.out, "stdout");
  JsonObject object(root, "stdout");
  CHECK(object.member("files").items.size() == 7);
  for (const JsonValue& item : object.member("files").items)
    CHECK(JsonObject(item, "stdout").text("state") == "right");
  const Ran chebi = run("data verify chebi-20" + real("chebi20"));
  CHECK_THAT(chebi.out, ContainsSubstring("right"));
  CHECK(chebi.status ==
        (std::filesystem::exists(test::real_data("chebi20") / "train.txt") ? 0 : 6));
}

TEST_CASE("real data: cupel data stats and where tell of one set") {
  const test::TempDir dir;
  link_file(dir, "moleculenet/chemprop/tox21.csv");
  const std::string data = " --data " + (dir / "").string();
  const Ran ran = run("data stats tox21 --format json" + data);
  REQUIRE(ran.status == 0);
  const JsonValue root = parse_json(ran.out, "stdout");
  JsonObject object(root, "stdout");
  const auto& sides = object.member("sides").items;
  REQUIRE(sides.size() == 3);
  CHECK(JsonObject(sides[0], "stdout").integer("rows") == 6258);
  CHECK(object.member("labels").items.size() == 12);
  CHECK_THAT(ran.out, ContainsSubstring("dropped, as RDKit does not read them: 8"));
  const Ran where = run("data where tox21" + data);
  CHECK(where.status == 0);
  CHECK_THAT(where.out, ContainsSubstring((dir / "moleculenet/chemprop/tox21.csv").string()) &&
                            ContainsSubstring("yes"));
}
