#include "harness/run/throughput.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/split_mix.h"
#include "harness/run/benchmark_file.h"
#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

/// A run of the fake on all kinds of tasks, ready to be timed.
struct Place {
  Place() { static_cast<void>(test::run_plan(plan, path, roots)); }

  [[nodiscard]] Throughput measure(const ThroughputRequest& request,
                                   RunWatcher&& watcher = RunWatcher()) {
    results::StoreWriter store(path, false, "{}");
    return measure_throughput(store, plan, request, {.data = roots, .files = {}, .jobs = 1},
                              watcher);
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
  std::shared_ptr<test::Script> script = std::make_shared<test::Script>();
  Plan plan{test::made_manifest(
      {test::fake_model("fake", script)},
      {test::made_task("captioning", pairs), test::made_task("text-to-molecule-retrieval", pairs),
       test::made_task("property-bbbp", labels)})};
  std::filesystem::path path = dir / "s.db";
  tasks::DataRoots roots = test::roots(dir);
};

/// Cancels from the `left`-th question on.
class Stopper final : public RunWatcher {
 public:
  explicit Stopper(std::size_t left) : left_(left) {}
  [[nodiscard]] bool cancelled() override { return left_ == 0 || --left_ == 0; }

 private:
  std::size_t left_;
};

}  // namespace

TEST_CASE("a percentile is the smallest value that so large a share does not exceed") {
  SplitMix64 random(1);
  for (std::size_t size = 1; size < 210; size += 13) {
    std::vector<double> sorted;
    for (std::size_t i = 0; i < size; ++i) sorted.push_back(static_cast<double>(random.below(50)));
    std::ranges::sort(sorted);
    for (const double q : {0.01, 0.5, 0.95, 0.99, 1.0}) {
      const auto enough = [&](double value) {
        const auto below = std::ranges::upper_bound(sorted, value) - sorted.begin();
        return static_cast<double>(below) >= q * static_cast<double>(size);
      };
      CHECK(percentile(sorted, q) == *std::ranges::find_if(sorted, enough));
    }
  }
}

TEST_CASE("a model of known speed has that speed") {
  Place place;
  constexpr double kCall = 0.004;
  place.script->on_texts = [&](std::vector<std::string>&) {
    std::this_thread::sleep_for(std::chrono::duration<double>(kCall));
  };
  const auto start = std::chrono::steady_clock::now();
  const Throughput measured = place.measure({.cells = {0},
                                             .batches = {5, 1000, 40},
                                             .examples = 12,
                                             .repetitions = 3,
                                             .least_seconds = 0.02});
  CHECK(measured.failures.empty());
  CHECK_FALSE(measured.interrupted);
  // 1000 and 40 are both as many as there are.
  REQUIRE(measured.timings.size() == 6);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  double timed = 0.0;
  std::set<std::size_t> repetitions;
  for (const results::Timing& one : measured.timings) {
    CHECK(one.cell == place.plan.cells()[0].cell.digest());
    CHECK(one.examples == 12);
    const double calls = one.batch == 5 ? 3.0 : 1.0;
    CHECK((one.batch == 5 || one.batch == 12));
    CHECK(one.seconds >= calls * kCall);
    CHECK(one.passes > 0);
    CHECK(one.p50 >= kCall);
    CHECK(one.p50 <= one.p95);
    CHECK(one.p95 <= one.p99);
    timed += static_cast<double>(one.passes) * one.seconds;
    CHECK_FALSE(one.flop);
    CHECK_FALSE(one.read_tokens);
    repetitions.insert(one.repetition);
  }
  CHECK(timed <= passed.count());
  CHECK(repetitions == std::set<std::size_t>{0, 1, 2});
}

TEST_CASE("what is written is Google Benchmark's, and the gate reads the same times") {
  Place place;
  const Throughput measured = place.measure({.cells = {0, 1, 2},
                                             .batches = {1, 8},
                                             .examples = 16,
                                             .repetitions = 2,
                                             .least_seconds = 0.001});
  REQUIRE(measured.timings.size() == 3 * 2 * 2);
  const BenchmarkFile file = parse_benchmark_file(measured.json, "measured");
  REQUIRE(file.benchmarks.size() == 6);
  for (const results::Timing& one : measured.timings) {
    const auto cell = std::ranges::find(place.plan.cells(), one.cell,
                                        [](const PlanCell& known) { return known.cell.digest(); });
    const BenchmarkTimes* times = file.find(benchmark_name(*cell, one.batch) + "/manual_time");
    REQUIRE(times != nullptr);
    CHECK(times->unit == "ms");
    const double seconds = times->times.at(one.repetition) / 1e3;
    CHECK(std::abs(seconds - one.seconds) <= 1e-9 * seconds);
  }
  CHECK(benchmark_name(place.plan.cells()[1], 8) ==
        "fake/text-to-molecule-retrieval/pairs/batch:8");
}

TEST_CASE("a fast answer that is another one is no timing") {
  Place place;
  std::size_t calls = 0;
  place.script->on_texts = [&](std::vector<std::string>& texts) {
    if (++calls > 3) texts.back() += "!";  // the untimed pass is right
  };
  const Throughput measured = place.measure(
      {.cells = {0, 2}, .batches = {8}, .examples = 16, .repetitions = 2, .least_seconds = 0.001});
  REQUIRE_FALSE(measured.failures.empty());
  for (const std::string& failure : measured.failures)
    CHECK_THAT(failure, StartsWith("fake/captioning/pairs/batch:8: ") &&
                            ContainsSubstring("answers are not those of the run"));
  CHECK(measured.timings.size() == 2);  // of the other cell
  const BenchmarkFile file = parse_benchmark_file(measured.json, "measured");
  CHECK_FALSE(file.find("fake/captioning/pairs/batch:8/manual_time")->error.empty());
}

TEST_CASE("timing can be interrupted at any moment, and needs a run") {
  Place place;
  const ThroughputRequest request{
      .cells = {0, 1, 2}, .batches = {4}, .examples = 8, .repetitions = 2, .least_seconds = 0.001};
  // It asks 24 times at the least, however slow the machine is.
  for (const std::size_t questions : {1, 3, 9, 15, 20}) {
    const Throughput measured = place.measure(request, Stopper(questions));
    CHECK(measured.interrupted);
    CHECK(measured.timings.empty());
    CHECK(measured.json.empty());
  }
  CHECK(place.measure(request).timings.size() == 6);  // nothing is left behind
  results::StoreWriter empty(place.dir / "empty.db", true, "{}");
  RunWatcher watcher;
  try {
    static_cast<void>(measure_throughput(empty, place.plan, request,
                                         {.data = place.roots, .files = {}, .jobs = 1}, watcher));
    FAIL("measured");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIncomplete);
    CHECK_THAT(error.what(), ContainsSubstring("'fake' has not answered captioning on pairs"));
  }
}
