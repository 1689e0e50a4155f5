// cupel run when something is wrong or interrupts it: exit codes, and that nothing is lost.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/manifests.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using test::Manifests;
using test::Ran;

/// Cells that take a second or two after one that takes none.
constexpr const char* kSlow = R"({
  "name": "slow", "protocols": ["cupel"], "resamples": 10, "seeds": [1, 2],
  "models": ["majority", {"model": "ecfp-forest", "options": {"trees": 400}}],
  "tasks": [{"task": "property-tox21", "dataset": "mini-tox21"}]})";

/// cupel run m.json, told to end as soon as its first cell is done.
int run_until(const Manifests& place, const std::string& store, int signal) {
  const std::string cache = test::cache_variable();
  const std::string messages = place.path("messages");
  fs::remove(messages);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("XDG_CACHE_HOME", cache.substr(cache.find('=') + 1).c_str(), 1);
    const int out = ::open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execl(CUPEL_PROGRAM, "cupel", "run", place.path("m.json").c_str(), "--store",
            place.path(store).c_str(), "--jobs", "1", nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < 6000 && !test::content(messages).contains("[1/3]"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(child, signal);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A preset of tests/support/misbehaving_model.py, below `place`.
void write_preset(const Manifests& place, const std::string& mode) {
  const fs::path script = fs::path(CUPEL_SOURCE_DIR) / "tests/support/misbehaving_model.py";
  test::write_bytes(place.path(mode + ".json"),
                    R"({"id": ")" + mode + R"(", "summary": "fails", "version": 1,
                        "process": {"argv": ["python3", ")" +
                        script.string() + R"(", ")" + mode +
                        R"("], "timeout": 20}, "capabilities": ["captioning"], "random": false})");
}

std::string with_models(const std::string& models) {
  return R"({"name": "p", "protocols": ["cupel"], "resamples": 0, "models": [)" + models +
         R"(], "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";
}

}  // namespace

TEST_CASE("SIGTERM is 75, SIGINT 130, and the same command goes on to the same end", "[slow]") {
  const Manifests place(kSlow);
  REQUIRE(place.run("whole.db").status == 0);
  const std::string whole = place.digest("whole.db");
  CHECK(run_until(place, "term.db", SIGTERM) == 75);
  CHECK_THAT(test::content(place.path("messages")),
             ContainsSubstring("cupel: interrupted; what was done is saved, the same command goes "
                               "on\n") &&
                 ContainsSubstring("1 cells done now, 0 before, 0 failed") &&
                 ContainsSubstring("majority"));
  CHECK(place.digest("term.db") != whole);
  CHECK(run_until(place, "int.db", SIGINT) == 130);
  for (const char* store : {"term.db", "int.db"}) {
    const Ran rest = place.run(store);
    CHECK(rest.status == 0);
    CHECK_THAT(rest.err, ContainsSubstring("2 cells to do, 1 done before"));
    CHECK(place.digest(store) == whole);
  }
}

TEST_CASE("a process is a model of a manifest, and one that crashes fails its own cell") {
  const fs::path example = fs::path(CUPEL_SOURCE_DIR) / "models/plugin/example_model.json";
  for (const std::string mode : {"exit", "capability", "usage", "latin"}) {
    CAPTURE(mode);
    const Manifests place(
        with_models("\"majority\", \"" + mode + ".json\", \"copy\", \"" + example.string() + "\""));
    write_preset(place, mode);
    const Ran ran = place.run("s.db", "--limit 20");
    CHECK(ran.status == (mode == "capability" ? 6 : mode == "usage" ? 2 : 4));
    CHECK_THAT(ran.err, ContainsSubstring("captioning on mini-chebi-20: " + mode + ": failed") &&
                            ContainsSubstring("3 cells done now, 0 before, 1 failed"));
    CHECK_THAT(ran.out, ContainsSubstring("example-process") && ContainsSubstring("copy"));
    const Ran plan = test::run("plan " + place.path("m.json") + " --limit 20 --why --store " +
                               place.path("s.db"));
    CHECK_THAT(plan.out,
               ContainsSubstring("3 complete, 1 failed.") && ContainsSubstring("failed: "));
    const Ran missing = place.run("s.db", "--limit 20 --only missing");
    CHECK(missing.status == 0);
    CHECK_THAT(missing.err, ContainsSubstring("nothing to do: 3 cells are done"));
    const Ran failed = place.run("s.db", "--limit 20 --only failed");
    CHECK(failed.status == ran.status);
    CHECK_THAT(failed.err, ContainsSubstring("1 cells to do, 3 done before"));
    if (mode != "exit") continue;
    CHECK_THAT(ran.err, ContainsSubstring("memory"));  // the end of its standard error
    test::write_bytes(place.path("m.json"), with_models("\"majority\", \"copy\""));
    CHECK(place.run("s.db", "--limit 20 --only failed").status == 0);
  }
}

TEST_CASE("a manifest that cannot be meant is refused before anything is written") {
  const Manifests place(with_models("\"majorty\""));
  const Ran unknown = place.run("s.db");
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, StartsWith("cupel: " + place.path("m.json") + ":1:") &&
                              ContainsSubstring("unknown model 'majorty'\n") &&
                              ContainsSubstring("'majority'"));
  CHECK_FALSE(fs::exists(place.path("s.db")));
  const Ran preset = test::run("run " + place.path("none.json"));
  CHECK(preset.status == 2);
  test::write_bytes(place.path("m.json"), with_models("\"gone.json\""));
  CHECK_THAT(place.run("s.db").err, ContainsSubstring("gone.json"));
  CHECK(place.run("s.db").status == 2);
  CHECK(test::run("run").status == 2);
}

TEST_CASE("data that are not there are 6 with how to obtain them, other data are 5") {
  const Manifests place(R"({"name": "real", "protocols": ["cupel"], "resamples": 0,
      "models": ["majority", "nearest-neighbour"],
      "tasks": ["property-bbbp", {"task": "property-bbbp", "dataset": "mini-bbbp"}]})");
  const Ran none = place.run("s.db");
  CHECK(none.status == 6);
  CHECK_THAT(none.err, ContainsSubstring("bbbp: the folder with ") &&
                           ContainsSubstring("pass --data DIR or set CUPEL_DATA; to obtain") &&
                           ContainsSubstring("2 cells done now, 0 before, 2 failed"));
  fs::create_directories(place.path("data"));
  const Ran absent = place.run("s.db", "--data " + place.path("data"));
  CHECK(absent.status == 6);
  CHECK_THAT(absent.err, ContainsSubstring("is not there\n") &&
                             ContainsSubstring("0 cells done now, 2 before, 2 failed"));

  REQUIRE(test::run("data synth --scale 0.02 " + place.path("other")).status == 0);
  const Ran other = place.run("o.db", "--suite " + place.path("other"));
  CHECK(other.status == 5);
  CHECK_THAT(other.err, ContainsSubstring("mini-bbbp: ") && ContainsSubstring("expected ") &&
                            ContainsSubstring(", found "));
}
