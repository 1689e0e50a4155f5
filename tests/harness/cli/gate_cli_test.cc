// cupel gate and cupel annotate as scripts see them.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using test::content;
using test::Ran;
using test::run;

const std::string kDefaults =
    (std::filesystem::path(CUPEL_SOURCE_DIR) / "tasks/gates/default.json").string();

/// Stores a.db, the bundled file; same.db, the same again; and worse.db, with a third of the
/// predictions cut.
struct Stores {
  test::TempDir dir;

  Stores() {
    std::ifstream in(test::suite("generation.tsv"));
    std::ofstream worse(dir / "worse.tsv");
    std::string line;
    for (int i = 0; std::getline(in, line); ++i)
      worse << (i > 0 && i % 3 == 0 ? line.substr(0, line.rfind('\t')) + "\tC(" : line) << '\n';
    worse.close();
    make("a", test::suite("generation.tsv").string());
    make("same", test::suite("generation.tsv").string());
    make("worse", (dir / "worse.tsv").string());
  }

  void make(const std::string& name, const std::string& file) const {
    const std::string store = " --store " + path(name);
    REQUIRE(run("import " + file + " --model m --task generation --dataset mini" + store).status ==
            0);
    REQUIRE(run("score --protocol cupel --resamples 0" + store).status == 0);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (dir / (name + ".db")).string();
  }
  [[nodiscard]] Ran gate(const std::string& before, const std::string& after,
                         const std::string& more = {}) const {
    return run("gate --baseline " + path(before) + " --candidate " + path(after) + " --rules " +
               kDefaults + " " + more);
  }
};

}  // namespace

TEST_CASE_METHOD(Stores, "cupel gate passes, fails, and leaves both stores as they are") {
  const std::string before = content(path("a"));
  const Ran pass = gate("a", "same");
  INFO(pass.err);
  CHECK(pass.status == 0);
  CHECK_THAT(pass.out, ContainsSubstring("of identical predictions"));
  CHECK_THAT(pass.out, EndsWith("pass (exit status 0)\n"));
  const Ran fail = gate("a", "worse");
  CHECK(fail.status == 1);
  CHECK_THAT(fail.out, ContainsSubstring("worse, and by more than 0.005") &&
                           ContainsSubstring("A/A of scores: "));
  CHECK_THAT(fail.out, EndsWith("(exit status 1)\n"));
  CHECK(content(path("a")) == before);
  CHECK_FALSE(std::filesystem::exists(path("a") + "-journal"));
}

TEST_CASE_METHOD(Stores, "cupel gate gives the same bytes twice, in every format") {
  for (const std::string format : {"text", "md", "csv", "json"}) {
    const Ran once = gate("a", "worse", "--format " + format);
    CHECK(once.status == 1);
    CHECK(once.out == gate("a", "worse", "--format " + format).out);
  }
  const std::string json = gate("a", "worse", "--format json").out;
  const JsonValue root = parse_json(json, "stdout");
  JsonObject object(root, "stdout");
  JsonObject answer(object.member("gate").items.at(0), "stdout");
  CHECK(answer.text("answer") == "regression");
  CHECK(answer.integer("status") == 1);
  JsonObject calibration(object.member("calibration").items.at(0), "stdout");
  CHECK(calibration.integer("pairs") == 1000);
  CHECK(object.member("rows").items.size() == 7);
}

TEST_CASE_METHOD(Stores, "an annotation makes a change expected, for its model and metric alone") {
  CHECK(gate("a", "worse").status == 1);
  const std::string annotate = "annotate --store " + path("worse") + " --task generation ";
  const Ran first =
      run(annotate + "--metric exact --model m --reason 'cut on purpose' --reviewer ada");
  CHECK(first.status == 0);
  CHECK_THAT(first.out, ContainsSubstring("1 annotations added"));
  CHECK(gate("a", "worse").status == 1);  // other metrics fell too
  for (const char* metric : {"bleu", "levenshtein", "validity", "maccs", "rdk", "morgan"})
    REQUIRE(run(annotate + "--metric " + metric + " --reason same").status == 0);
  const Ran expected = gate("a", "worse");
  CHECK(expected.status == 0);
  CHECK_THAT(expected.out, ContainsSubstring("cut on purpose (agreed: ada)"));
  CHECK(gate("a", "same").status == 0);
}

TEST_CASE_METHOD(Stores, "cupel gate and annotate say what is wrong and what to do about it") {
  const std::string stores = "--baseline " + path("a") + " --candidate " + path("same");
  std::ofstream(dir / "bad.json")
      << R"({"metrics": {"morgn": {"tolerance": 1, "minimum-effect": 0}}})";
  const std::string annotate = "annotate --store " + path("a") + " --task ";
  const std::vector<std::array<std::string, 3>> cases = {
      {"gate " + stores, "2", "--rules is required"},
      {"gate --rules " + kDefaults, "2", "nothing to compare"},
      {"gate --baseline " + path("a") + " --rules " + kDefaults, "2", "belong together"},
      {"gate " + stores + " --rules nowhere.json", "2", "nowhere.json"},
      {"gate " + stores + " --rules " + (dir / "bad.json").string(), "2", "did you mean 'morgan'?"},
      {"gate " + stores + " --inconclusive maybe --rules " + kDefaults, "2", "--inconclusive"},
      {"gate --baseline " + path("none") + " --candidate " + path("a") + " --rules " + kDefaults,
       "7", "no such store"},
      {annotate + "generation --metric exact", "2", "--reason is required"},
      {annotate + "generation --metric exact --reason ' '", "2", "--reason is empty"},
      {annotate + "captioning --metric exact --reason x", "2", "no complete run of task"},
      {annotate + "generation --metric exct --reason x", "2", "did you mean 'exact'?"},
      {annotate + "generation --metric exact --model n --reason x", "2", "model 'n'"},
  };
  for (const auto& [arguments, status, expected] : cases) {
    const Ran ran = run(arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(std::to_string(ran.status) == status);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(expected));
  }
  CHECK(run("schema gate").out ==
        content(std::filesystem::path(CUPEL_SOURCE_DIR) / "harness/plan/gate.schema.json"));
}

namespace {

/// As Google Benchmark writes it, with this time at this repetition.
std::string benchmarks(const std::vector<double>& times, const std::string& name) {
  std::string json = R"({"context": {"num_cpus": 2}, "benchmarks": [)";
  for (const double time : times)
    json += (json.ends_with('[') ? "" : ",") + (R"({"name": ")" + name) +
            R"(", "run_type": "iteration", "real_time": )" + std::to_string(time) +
            R"(, "cpu_time": 1, "time_unit": "ns"})";
  return json + "]}";
}

}  // namespace

TEST_CASE(
    "cupel gate of benchmark files: a slow-down is 1, two samples are 3, a vanished one is 4") {
  const test::TempDir dir;
  const std::vector<double> ten = {100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1, 99.9, 100.3};
  std::vector<double> thrice = ten;
  for (double& time : thrice) time *= 3.0;
  const auto write = [&](const std::string& name, const std::string& json) {
    std::ofstream(dir / name) << json;
  };
  write("a.json", benchmarks(ten, "decode"));
  write("slow.json", benchmarks(thrice, "decode"));
  write("other.json", benchmarks(ten, "encode"));
  write("few.json", benchmarks({100, 101}, "decode"));
  write("aggregates.json", R"({"context": {}, "benchmarks": [{"name": "decode_mean",
    "run_type": "aggregate", "real_time": 1, "time_unit": "ns"}]})");
  const auto gate = [&](const std::string& after, const std::string& more = {}) {
    return run("gate --baseline-benchmarks " + (dir / "a.json").string() +
               " --candidate-benchmarks " + (dir / after).string() + " --rules " + kDefaults +
               more);
  };
  CHECK(gate("a.json").status == 0);
  CHECK(gate("slow.json").status == 1);
  CHECK(gate("few.json").status == 3);
  CHECK(gate("few.json", " --inconclusive pass").status == 0);
  CHECK_THAT(gate("few.json", " --inconclusive pass").out, ContainsSubstring("inconclusive: "));
  CHECK(gate("other.json").status == 4);
  CHECK_THAT(gate("other.json").out, ContainsSubstring("the candidate has not measured it"));
  CHECK(gate("aggregates.json").status == 2);
}

// tests/ci_example, as a user would copy it.
TEST_CASE("the example for continuous integration passes, fails and misses cells as it stands") {
  const test::TempDir dir;
  const auto folder = std::filesystem::path(CUPEL_SOURCE_DIR) / "tests/ci_example";
  for (const char* file : {"manifest.json", "gate.json", "check.sh"})
    std::filesystem::copy_file(folder / file, dir / file);
  const std::string here = (dir / "").string();
  const std::string inside =
      "cd " + here + " && XDG_CACHE_HOME=" + here +
      " PATH=" + std::filesystem::path(CUPEL_PROGRAM).parent_path().string() + ":$PATH ";
  const auto shell = [&](const std::string& command) {
    return WEXITSTATUS(std::system((inside + command + " > out 2>&1").c_str()));
  };
  CHECK(shell("./check.sh") == 7);  // no baseline
  std::filesystem::remove(dir / "candidate.db");
  REQUIRE(shell("cupel run manifest.json --store baseline.db") == 0);
  CHECK(shell("./check.sh") == 0);
  CHECK_THAT(content(dir / "out"), ContainsSubstring("as good as the baseline"));

  std::string manifest = content(dir / "manifest.json");
  const std::string forest = R"(, {"model": "ecfp-forest", "options": {"trees": 20}})";
  const auto at = manifest.find(forest);
  REQUIRE(at != std::string::npos);
  std::ofstream(dir / "manifest.json") << manifest.replace(at, forest.size(), "");
  std::filesystem::remove(dir / "candidate.db");
  CHECK(shell("./check.sh") == 4);
  CHECK_THAT(content(dir / "out"), ContainsSubstring("something of the baseline is missing"));
}
