#include "harness/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using cupel::parallel_for;

TEST_CASE("Every index is handed out once, for any number of jobs and items") {
  for (const unsigned jobs : {0U, 1U, 3U, 50U}) {
    for (const std::size_t n : {0, 1, 7, 8, 9, 1000}) {
      std::vector<std::atomic<int>> calls(n);
      parallel_for(n, jobs, [&](std::size_t i) { ++calls[i]; });
      CAPTURE(jobs, n);
      CHECK(std::ranges::all_of(calls, [](const auto& count) { return count == 1; }));
    }
  }
}

TEST_CASE("One job runs on the calling thread, in order") {
  std::vector<std::size_t> seen;
  std::set<std::thread::id> threads;
  parallel_for(30, 1, [&](std::size_t i) {
    seen.push_back(i);
    threads.insert(std::this_thread::get_id());
  });
  CHECK(std::ranges::is_sorted(seen));
  CHECK(threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("Several jobs run on several threads") {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<bool> joined = false;
  parallel_for(64, 2, [&](std::size_t) {
    {
      const std::scoped_lock lock(mutex);
      threads.insert(std::this_thread::get_id());
      if (threads.size() > 1) joined = true;
    }
    // The first thread waits for the second, so this ends only if there are two.
    while (!joined) std::this_thread::yield();
  });
  CHECK(threads.size() == 2);
}

TEST_CASE("An exception stops the loop and reaches the caller") {
  for (const unsigned jobs : {1U, 3U}) {
    std::atomic<std::size_t> calls = 0;
    const auto body = [&](std::size_t i) {
      ++calls;
      if (i == 5) throw std::runtime_error("five");
    };
    CHECK_THROWS_AS(parallel_for(100'000, jobs, body), std::runtime_error);
    CHECK(calls < 100'000);
  }
}

TEST_CASE("When every thread throws, one exception arrives") {
  std::string message;
  try {
    parallel_for(100, 3, [](std::size_t) { throw std::runtime_error("all"); });
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  CHECK(message == "all");
}

TEST_CASE("There is at least one job by default") { CHECK(cupel::default_jobs() >= 1); }
