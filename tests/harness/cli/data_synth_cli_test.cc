// cupel data synth, as scripts see it.
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/cli.h"
#include "tests/support/paths.h"

using Catch::Matchers::ContainsSubstring;
using cupel::test::content;
using cupel::test::run;
using cupel::test::TempDir;

TEST_CASE("data synth writes a suite and says where") {
  const TempDir folder;
  const std::string target = (folder / "suite").string();
  const auto ran = run("data synth --scale 0.02 " + target);
  CHECK(ran.status == 0);
  CHECK(ran.out == target + "\n");
  CHECK(ran.err.empty());
  CHECK(std::filesystem::exists(folder / "suite/mini-muv/muv.csv"));
  const auto again = run("data synth --scale 0.02 " + target);
  CHECK(again.status == 2);
  CHECK_THAT(again.err, ContainsSubstring("choose another folder"));
  REQUIRE(run("data synth --scale 0.02 --seed 2 " + target + "2/").status == 0);
  CHECK(content(folder / "suite/suite.tsv") != content(folder / "suite2/suite.tsv"));
}

TEST_CASE("data synth refuses what makes no sense") {
  const TempDir folder;
  const std::string target = (folder / "suite").string();
  for (const char* flags : {"--scale 0", "--scale 1e9", "--scale x", "--seed -1", "--seed x"}) {
    INFO(flags);
    CHECK(run("data synth " + std::string(flags) + " " + target).status == 2);
  }
  CHECK(run("data synth").status == 2);
  CHECK(run("data synth /proc/nowhere/suite").status == 2);
  CHECK(!std::filesystem::exists(target));
}
