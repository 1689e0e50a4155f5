#include "harness/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <sched.h>

namespace cupel {

unsigned default_jobs() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
    return std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
}

void parallel_for(std::size_t n, unsigned jobs, const std::function<void(std::size_t)>& body) {
  if (jobs == 0) jobs = default_jobs();
  constexpr std::size_t kChunk = 8;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr first_error;
  std::mutex error_mutex;
  const auto work = [&] {
    try {
      while (!stop.load(std::memory_order_relaxed)) {
        const std::size_t begin = next.fetch_add(kChunk);
        if (begin >= n) return;
        for (std::size_t i = begin; i < std::min(begin + kChunk, n); ++i) body(i);
      }
    } catch (...) {  // carried to the caller's thread
      const std::scoped_lock lock(error_mutex);
      if (!first_error) first_error = std::current_exception();
      stop = true;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned job = 1; job < jobs && job * kChunk < n; ++job) helpers.emplace_back(work);
    work();
  }
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace cupel
