#include "harness/run/benchmark_file.h"

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

std::string repetition(const std::string& name, double time, const std::string& more = {}) {
  return R"({"name": ")" + name + R"(/repeats:2", "run_name": ")" + name +
         R"(", "run_type": "iteration", "iterations": 12, "real_time": )" + std::to_string(time) +
         R"(, "cpu_time": 1.0, "time_unit": "ms")" + more + "}";
}

std::string file(const std::string& benchmarks, const std::string& context = {}) {
  return R"({"context": {"date": "2025-01-02", "num_cpus": 2, "caches": [{"type": "Data"}])" +
         context + R"(}, "benchmarks": [)" + benchmarks + "]}";
}

std::string refusal(const std::string& json) {
  try {
    static_cast<void>(parse_benchmark_file(json, "b.json"));
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a file of Google Benchmark is read by repetition, without its aggregates") {
  const std::string mean =
      R"({"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean",
          "real_time": 99.0, "time_unit": "ms"})";
  const auto read = parse_benchmark_file(file(repetition("a", 1.5) + "," + repetition("b", 3) +
                                                  "," + repetition("a", 2.5) + "," + mean,
                                              R"(, "host_name": "here")"),
                                         "b.json");
  REQUIRE(read.benchmarks.size() == 2);
  CHECK(read.find("a")->times == std::vector{1.5, 2.5});
  CHECK(read.find("a")->unit == "ms");
  CHECK(read.find("b")->times.size() == 1);
  CHECK(read.find("c") == nullptr);
  CHECK(read.dates == std::vector<std::string>{"2025-01-02"});
  CHECK(read.machine.at("num_cpus") == "2");
  CHECK(read.machine.at("host_name") == "here");
}

TEST_CASE("a benchmark that failed is there, with what it said") {
  const auto read = parse_benchmark_file(
      file(R"({"name": "a", "run_name": "a", "run_type": "iteration", "error_occurred": true,
               "error_message": "no device", "real_time": 0.0, "time_unit": "ns"})"),
      "b.json");
  CHECK(read.find("a")->error == "no device");
  CHECK(read.find("a")->times.empty());
}

TEST_CASE("what is no file of benchmarks is refused with its place") {
  const std::array<std::array<std::string, 2>, 7> cases = {{
      {"{", "b.json:1:"},
      {"[]", "b.json:1:1"},
      {"{}", "'context' is missing"},
      {file(""), "no repetition of any benchmark // measure with --benchmark_repetitions"},
      {file(repetition("a", 0.0)), "'real_time' must be a number above 0"},
      {file(repetition("a", -1.0)), "'real_time' must be a number above 0"},
      {file(repetition("a", 1.0) + "," + R"({"name": "a", "real_time": 1.0, "time_unit": "ns"})"),
       "'a' is in ns here and in ms before"},
  }};
  for (const auto& [json, expected] : cases) CHECK_THAT(refusal(json), ContainsSubstring(expected));
}

TEST_CASE("several files are the repetitions of one, and their dates say whether they took turns") {
  const test::TempDir dir;
  std::vector<std::filesystem::path> paths;
  const auto write = [&](const std::string& name, const std::string& json) {
    paths.push_back(dir / name);
    test::write_bytes(paths.back(), json);
  };
  write("1.json", file(repetition("a", 1.5) + "," + repetition("b", 9)));
  write("2.json", file(repetition("a", 2.5)));
  const BenchmarkFile read = read_benchmark_files(paths);
  CHECK(read.find("a")->times == std::vector{1.5, 2.5});
  CHECK(read.find("b")->times == std::vector{9.0});
  CHECK(read.dates.size() == 2);
  write("3.json", file(R"({"name": "a", "real_time": 1.0, "time_unit": "ns"})"));
  CHECK_THROWS_WITH(
      read_benchmark_files(paths),
      ContainsSubstring("3.json: 'a' is in ns here and in ms in ") && ContainsSubstring("1.json"));

  const auto turns = [](std::vector<std::string> baseline, std::vector<std::string> candidate) {
    BenchmarkFile before, after;
    before.dates = std::move(baseline);
    after.dates = std::move(candidate);
    return measured_in_turns(before, after);
  };
  CHECK(turns({"1", "3", "5"}, {"2", "4", "6"}));
  CHECK(turns({"1", "4", "5"}, {"2", "3", "6"}));  // pairs in random order
  CHECK_FALSE(turns({"1", "2", "3"}, {"4", "5", "6"}));
  CHECK_FALSE(turns({"1"}, {"2"}));
  CHECK_FALSE(turns({"1", "3"}, {"2", "3"}));
  CHECK_FALSE(turns({"", "3"}, {"2", "4"}));
}
