// The program used wrongly: it says what is wrong, writes nothing where it does not belong, and
// never calls the user's mistake a defect of its own (exit 70).
#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/manifests.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Ran;
using test::run;
using test::run_with;

/// `models`: the array's content.
std::string manifest(const std::string& models) {
  return R"({"name": "m", "protocols": ["cupel"], "models": [)" + models +
         R"(], "tasks": [{"task": "property-bbbp", "dataset": "mini-bbbp"}]})";
}

std::string preset(const std::string& id, const std::string& argv) {
  return R"({"id": ")" + id + R"(", "summary": "s", "version": 1, "process": {"argv": )" + argv +
         R"(}, "capabilities": ["property"], "random": false})";
}

/// A folder with one manifest, and the words that run it.
struct Place {
  test::TempDir dir;

  explicit Place(const std::string& models) { write_file(dir / "m.json", manifest(models)); }

  [[nodiscard]] std::string words(const std::string& verb) const {
    return verb + " " + (dir / "m.json").string() + " --store " + (dir / "s.db").string();
  }
  [[nodiscard]] std::string run_words(const std::string& suite) const {
    return words("run") + " --suite " + (dir / suite).string();
  }
  /// On the suite that all tests share.
  [[nodiscard]] Ran run_shared(const std::string& more = "") const {
    return run_with(test::cache_variable(), words("run") + more);
  }
};

/// Through a shell, with these redirections.
int status_of(const std::string& words, const std::string& redirections) {
  return WEXITSTATUS(std::system(
      (test::cache_variable() + " " CUPEL_PROGRAM " " + words + " " + redirections).c_str()));
}

}  // namespace

TEST_CASE("a closed standard stream is no place in a file that is opened later", "[slow]") {
  const Place place(R"("majority")");
  const std::string err = (place.dir / "err").string();
  CHECK(status_of(place.words("run"), ">&- 2>" + err) == 2);
  CHECK_THAT(test::content(err), ContainsSubstring("standard output cannot be written"));
  CHECK(status_of(place.words("run"), "<&- >" + err + " 2>&-") == 0);
  CHECK(status_of("doctor --store " + (place.dir / "s.db").string(), ">" + err) == 0);
}

TEST_CASE("a variable with a value that its flag would refuse is refused, too") {
  const Place place(R"("majority")");
  const Ran limit = run_with("CUPEL_LIMIT=1O", place.words("plan"));
  CHECK(limit.status == 2);
  CHECK_THAT(limit.err, ContainsSubstring("CUPEL_LIMIT is '1O', which --limit does not take") &&
                            ContainsSubstring("see: cupel plan --help"));
  CHECK(run_with("CUPEL_FORMAT=xml", place.words("plan")).status == 2);
  CHECK(run_with("CUPEL_FORMAT=", place.words("plan")).status == 0);
  CHECK(run_with("CUPEL_FORMAT=xml", place.words("plan") + " --format csv").status == 0);
  const Ran good = run_with("CUPEL_LIMIT=10", place.words("plan") + " --format csv");
  CHECK_THAT(good.out, ContainsSubstring("test (first 10)"));
}

TEST_CASE("messages about flags name the whole command and what the flag takes") {
  const Place place(R"("majority")");
  CHECK_THAT(run("data stats").err, ContainsSubstring("see: cupel data stats --help"));
  CHECK_THAT(run("data").err, ContainsSubstring("see: cupel data --help"));
  for (const char* limit : {"0", "-1", "1e3", "x"})
    CHECK_THAT(run(place.words("plan") + " --limit=" + limit).err,
               ContainsSubstring("is not a number of examples, 1 or more"));
}

TEST_CASE("names cannot disturb a terminal", "[slow]") {
  const Place place(R"({"model": "majority", "name": "a\n\u001b[31m\u0007"})");
  const Ran ran = place.run_shared();
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out + ran.err, ContainsSubstring(R"(a\n\u{1b}[31m\u{7})"));
  CHECK((ran.out + ran.err).find('\033') == std::string::npos);
  const Place twice(R"({"model": "majority", "name": "\u001b[31m"},
                       {"model": "majority", "name": "\u001b[31m"})");
  const Ran refused = run(twice.words("plan"));
  CHECK(refused.status == 2);
  CHECK(refused.err.find('\033') == std::string::npos);
  write_file(place.dir / "p.txt", "SMILES\tground truth\toutput\nCCO\tone text\tone text\n");
  const Ran imported =
      run("import " + (place.dir / "p.txt").string() + " --store " + (place.dir / "i.db").string() +
          " --task captioning --dataset x --model \"$(printf 'a\\033[31m')\"");
  CHECK(imported.status == 0);
  CHECK(imported.out.find('\033') == std::string::npos);
}

TEST_CASE("paths that cannot be are the user's mistake") {
  const Place place(R"("majority")");
  const std::string manifest = (place.dir / "m.json").string();
  const std::string endless(5000, 'a');
  CHECK(run("plan " + manifest + " --store " + endless).status == 7);
  CHECK(run("run " + manifest + " --store " + endless).status == 7);
  const Ran far = run(place.words("run") + " --suite " + endless);
  CHECK(far.status == 2);
  CHECK_THAT(far.err, ContainsSubstring("File name too long"));
  const Ran file = run(place.run_words("m.json"));
  CHECK(file.status == 2);
  CHECK_THAT(file.err, ContainsSubstring("m.json is there already, and not an empty folder"));
  CHECK(run(place.run_words("m.json/suite")).status == 2);
}

TEST_CASE("the suite is written below the working folder, too", "[slow]") {
  const Place place(R"("majority")");
  CHECK(std::system(("cd " + (place.dir / "").string() +
                     " && " CUPEL_PROGRAM " run m.json --suite s >out 2>err")
                        .c_str()) == 0);
  CHECK(std::filesystem::exists(place.dir / "s/suite.tsv"));
}

TEST_CASE("a suite that was altered is named with what mends it") {
  const Place place(R"("majority")");
  REQUIRE(run("data synth " + (place.dir / "suite").string()).status == 0);
  const auto file = place.dir / "suite/mini-bbbp/BBBP.csv";
  const auto fails = [&](int status, const std::string& what) {
    const Ran ran =
        run("run " + (place.dir / "m.json").string() + " --suite " +
            (place.dir / "suite").string() + " --store " + (place.dir / "t.db").string());
    CHECK(ran.status == status);
    CHECK_THAT(ran.err,
               ContainsSubstring(what) &&
                   ContainsSubstring("remove the folder " + (place.dir / "suite").string()));
  };
  std::filesystem::resize_file(file, 1000);
  fails(5, "expected 21405 bytes, found 1000 bytes");
  std::filesystem::remove(file);
  fails(6, "is not there");
  std::filesystem::create_directory(file);
  fails(5, "found a folder or a device");
}

TEST_CASE("a run of which every cell fails still prints a document") {
  const Place place(R"("gone.json")");
  write_file(place.dir / "gone.json", preset("gone", R"(["/no/such/program"])"));
  const Ran json = place.run_shared(" --format json");
  CHECK(json.status == 6);
  CHECK(parse_json(json.out, "stdout").kind == JsonValue::Kind::kObject);
  CHECK_THAT(place.run_shared(" --format csv").out,
             ContainsSubstring("model,task,dataset,split,seed,metric,value,low,high,n"));
  const Ran left = place.run_shared(" --only missing");
  CHECK(left.status == 0);
  CHECK_THAT(left.err, ContainsSubstring("0 cells are done, 1 left out by --only"));
}

TEST_CASE("a plan that finds everything done is in the store") {
  const Place place(R"("majority", "ecfp-logistic")");
  REQUIRE(place.run_shared().status == 0);
  std::string part = manifest(R"("majority")");
  part.replace(part.find("\"m\""), 3, "\"part\"");
  write_file(place.dir / "m.json", part);
  const Ran again = place.run_shared();
  CHECK(again.status == 0);
  CHECK_THAT(again.err, ContainsSubstring("nothing to do: 1 cells are done"));
  CHECK_THAT(run("list plans --store " + (place.dir / "s.db").string()).out,
             ContainsSubstring("part,") && ContainsSubstring("1 of 1 cells are complete"));
}

TEST_CASE("one command in two folders is two models, unless its script is the same") {
  const Place place(R"("a/p.json", "b/p.json")");
  for (const char* folder : {"a", "b"}) {
    std::filesystem::create_directory(place.dir / folder);
    write_file(place.dir / folder / "p.json", preset(folder, R"(["sh", "model.sh"])"));
    write_file(place.dir / folder / "model.sh", "exit 1\n");
  }
  CHECK_THAT(place.run_shared().err,
             ContainsSubstring("'b' means the same as 'a': done once, under that name") &&
                 ContainsSubstring("1 cells to do"));
  write_file(place.dir / "b/model.sh", "exit 2\n");
  const Ran two = place.run_shared();
  CHECK_THAT(two.err, ContainsSubstring("2 cells to do"));
  CHECK(two.err.find("means the same") == std::string::npos);
}
