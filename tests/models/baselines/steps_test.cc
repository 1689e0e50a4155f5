#include "models/baselines/steps.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch_test_macros.hpp>

namespace cupel::models {
namespace {

TEST_CASE("steps are each done once, whatever the number of threads") {
  for (const unsigned jobs : {0U, 1U, 7U}) {
    std::vector<std::atomic<int>> times(1000);
    run_steps(times.size(), {.jobs = jobs}, {}, [&](std::size_t i) { ++times[i]; });
    CHECK(std::ranges::all_of(times, [](const auto& n) { return n == 1; }));
  }
}

TEST_CASE("a loop tells progress within its share, rising, and ends at the end") {
  std::vector<double> told;
  const Work work{.jobs = 3, .progress = [&told](double share) { told.push_back(share); }};
  run_steps(30, work, {.begin = 0.25, .end = 0.5},
            [](std::size_t) { std::this_thread::sleep_for(std::chrono::milliseconds(30)); });
  REQUIRE(told.size() > 2);
  CHECK(std::ranges::is_sorted(told));
  CHECK(told.front() > 0.25);
  CHECK(told.back() == 0.5);
  told.clear();
  run_steps(0, work, {}, [](std::size_t) {});
  CHECK(told == std::vector<double>{1.0});
}

TEST_CASE("a cancelled loop stops at once: after one step of each thread at most") {
  std::atomic<int> steps = 0;
  const Work work{.jobs = 2, .cancelled = [] { return true; }};
  CHECK_THROWS_AS(run_steps(100000, work, {}, [&](std::size_t) { ++steps; }), Cancelled);
  CHECK(steps <= 2);
}

TEST_CASE("a loop that goes on is asked again and again") {
  int asked = 0;
  const Work work{.jobs = 2, .cancelled = [&asked] { return ++asked >= 3; }};
  CHECK_THROWS_AS(
      run_steps(100000, work, {},
                [](std::size_t) { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }),
      Cancelled);
  CHECK(asked >= 3);
}

}  // namespace
}  // namespace cupel::models
