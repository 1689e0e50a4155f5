// The program as scripts see it: exit status, standard output, standard error.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;

using test::content;
using test::Ran;
using test::run;
using test::run_with;

const std::string kGeneration = " --task generation --protocol cupel ";

std::string suite(const char* name) { return test::suite(name).string(); }

}  // namespace

TEST_CASE(
    "cupel without arguments, with unknown words and with bad values says what to do, exit 2") {
  const std::array<std::array<std::string, 2>, 10> cases = {{
      {"", "a sub-command is required"},
      {"scor x", "did you mean 'score'?"},
      {"score", "--protocol is required"},
      {"score " + suite("generation.tsv") + " --task generation", "--protocol is required"},
      {"score " + suite("generation.tsv") + " --task generaton --protocol cupel",
       "did you mean 'generation'?"},
      {"score " + suite("generation.tsv") + " --task generation --protocol molt6",
       "did you mean 'molt5'?"},
      {"score " + suite("generation.tsv") + kGeneration + "--fromat json",
       "did you mean '--format'?"},
      {"score " + suite("generation.tsv") + kGeneration + "--format yaml", "unknown format 'yaml'"},
      {"audit", "one of: metrics invariance"},
      {"list protocol", "did you mean 'protocols'?"},
  }};
  for (const auto& [arguments, expected] : cases) {
    INFO(arguments);
    const Ran ran = run(arguments);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(expected));
  }
}

TEST_CASE("cupel score prints one JSON document in the documented form") {
  const Ran ran = run("score " + suite("generation.tsv") + kGeneration + "--format json");
  REQUIRE(ran.status == 0);
  CHECK(ran.err.empty());
  const JsonValue root = parse_json(ran.out, "stdout");
  JsonObject object(root, "stdout");
  CHECK(object.text("task") == "generation");
  CHECK(object.text("protocol") == "cupel");
  CHECK(object.integer("n") == 40);
  const JsonValue& scores = object.member("scores");
  REQUIRE(scores.items.size() == 7);
  for (const JsonValue& item : scores.items) {
    JsonObject score(item, "stdout");
    CHECK_FALSE(score.text("metric").empty());
    CHECK(score.member("low").real <= score.member("value").real);
    CHECK(score.member("value").real <= score.member("high").real);
    CHECK(score.integer("n") == 40);
    CHECK(run("show signature '" + score.text("signature") + "'").status == 0);
  }
}

TEST_CASE("cupel score gives the same bytes twice, and other intervals for another seed") {
  const std::string command = "score " + suite("generation.tsv") + kGeneration + "--format json ";
  CHECK(run(command).out == run(command + "--jobs 1").out);
  CHECK(run(command).out != run(command + "--seed 2").out);
}

TEST_CASE("flags can be given as environment variables") {
  const Ran ran = run_with("CUPEL_PROTOCOL=cupel CUPEL_TASK=generation CUPEL_FORMAT=csv",
                           "score " + suite("generation.tsv"));
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, ContainsSubstring("file,task,metric,value,low,high,n,protocol,signature"));
}

TEST_CASE("the file of --examples holds the statistics of which the scores are made") {
  const test::TempDir dir;
  const std::string out = (dir / "rows.csv").string();
  REQUIRE(run("score " + suite("generation.tsv") + kGeneration + "--examples " + out).status == 0);
  const std::string rows = content(out);
  CHECK_THAT(rows, ContainsSubstring("line,bleu.matches-1,"));
  CHECK_THAT(rows, ContainsSubstring(",levenshtein,"));
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 41);
  const Ran missing = run("score " + suite("generation.tsv") + kGeneration + "--examples " +
                          (dir / "no/rows.csv").string());
  CHECK(missing.status == 2);
  CHECK_THAT(missing.err, ContainsSubstring("rows.csv: cannot be written"));
}

TEST_CASE("a vocabulary that is needed and missing is a usage error that names the remedy") {
  const Ran ran = run("score " + suite("captioning.tsv") + " --task captioning --protocol molt5");
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, ContainsSubstring("--wordpiece FILE") && ContainsSubstring("CUPEL_DATA"));
  CHECK(run("score " + suite("captioning.tsv") + " --task captioning --protocol cupel").status ==
        0);
  const Ran nowhere = run("score " + suite("captioning.tsv") +
                          " --task captioning --protocol molt5 --wordpiece nowhere.txt");
  CHECK(nowhere.status == 2);
  CHECK_THAT(nowhere.err, ContainsSubstring("--wordpiece: nowhere.txt: no such file"));
}

TEST_CASE("a missing WordNet is a missing capability, exit 6") {
  const Ran ran = run("score " + suite("captioning.tsv") +
                      " --task captioning --protocol cupel --wordnet /nowhere");
  CHECK(ran.status == 6);
  CHECK_THAT(ran.err, ContainsSubstring("wordnet-base"));
}

TEST_CASE(
    "bad input files are refused with file, line and remedy, exit 2, nothing on standard output") {
  const test::TempDir dir;
  const std::string header = "description\tground truth\toutput\n";
  std::ofstream(dir / "empty.tsv") << "";
  std::ofstream(dir / "ragged.tsv") << header << "a\tC\tC\nb\tC\n";
  std::ofstream(dir / "column.tsv") << "description\ttruth\toutput\na\tC\tC\n";
  std::ofstream(dir / "nul.tsv") << header << "a\tC" << '\0' << "\tC\n";
  std::ofstream(dir / "latin.tsv") << header << "caf\xE9\tC\tC\n";
  REQUIRE(std::system(("mkfifo " + (dir / "pipe").string()).c_str()) == 0);
  const std::array<std::array<std::string, 2>, 8> cases = {
      {{"empty.tsv", "the file is empty"},
       {"ragged.tsv", "ragged.tsv:3: 2 cells"},
       {"column.tsv", "column.tsv:1: no column 'ground truth'"},
       {"nul.tsv", "nul.tsv:2: a NUL byte"},
       {"latin.tsv", "latin.tsv:2: byte 0xE9 is not UTF-8"},
       {"missing.tsv", "No such file"},
       {"pipe", "is not a regular file"},
       {".", "is a directory"}}};
  for (const auto& [name, expected] : cases) {
    const Ran ran = run("score " + (dir / name).string() + kGeneration);
    INFO(name << ": " << ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(expected));
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 2);  // what, and what to do
  }
}

TEST_CASE("a gigabyte without a line break is refused without being kept in memory") {
#ifdef __SANITIZE_ADDRESS__
  SKIP("needs a build without the address sanitizer, which reserves terabytes of addresses");
#endif
  const test::TempDir dir;
  {
    std::ofstream(dir / "long.tsv") << "description\tground truth\toutput\n";
  }
  std::filesystem::resize_file(dir / "long.tsv",
                               std::uintmax_t{1} << 30U);  // sparse: takes no disk
  const Ran ran = run_with("sh -c 'ulimit -v 1000000; exec \"$@\"' -",
                           "score " + (dir / "long.tsv").string() + kGeneration);
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, ContainsSubstring("line 2 is longer than 16 MiB"));
}

TEST_CASE("a full disk is noticed on standard output") {
  if (::access("/dev/full", W_OK) != 0) SKIP("needs the device /dev/full");
  const int status =
      std::system((std::string(CUPEL_PROGRAM) + " list metrics >/dev/full 2>/dev/null").c_str());
  CHECK(WEXITSTATUS(status) == 2);
}

TEST_CASE("cupel audit metrics passes for our own protocol") {
  const Ran ran = run("audit metrics");
  INFO(ran.out);
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, ContainsSubstring(" 0 failed"));
}

TEST_CASE("real data: cupel audit metrics passes for every protocol") {
  const std::string data = test::real_data("scibert").parent_path().string();
  for (const char* protocol :
       {"molt5", "atomas", "molregpt", "openbiomed", "openbiomed-from-file"}) {
    const Ran ran = run(std::string("audit metrics --protocol ") + protocol + " --data " + data);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
  }
}

TEST_CASE("list and show give JSON that holds ids and summaries") {
  for (const char* kind : {"protocols", "metrics", "choices", "models"}) {
    const Ran ran = run(std::string("list ") + kind + " --format json");
    REQUIRE(ran.status == 0);
    for (const JsonValue& item : parse_json(ran.out, "stdout").items) {
      JsonObject object(item, "stdout");
      CHECK_FALSE(object.text("id").empty());
      CHECK_FALSE(object.text("summary").empty());
    }
  }
  const test::TempDir dir;
  std::ofstream(dir / "mine.json") << run("show protocol cupel --format json").out;
  CHECK(run("score " + suite("generation.tsv") + " --task generation --protocol " +
            (dir / "mine.json").string())
            .status == 0);
}
