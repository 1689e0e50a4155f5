#include "models/baselines/steps.h"

#include <chrono>
#include <mutex>

#include "harness/core/parallel.h"

namespace cupel::models {

void run_steps(std::size_t count, const Work& work, Share share,
               const std::function<void(std::size_t)>& body) {
  using Clock = std::chrono::steady_clock;
  std::mutex mutex;
  std::size_t done = 0;
  Clock::time_point next_report = Clock::time_point::min();
  parallel_for(count, work.jobs, [&](std::size_t i) {
    body(i);
    const std::scoped_lock lock(mutex);
    ++done;
    const Clock::time_point now = Clock::now();
    if (now < next_report) return;
    if (work.cancelled && work.cancelled()) throw Cancelled{};  // the other threads ask at once
    next_report = now + std::chrono::milliseconds(100);
    const double part = static_cast<double>(done) / static_cast<double>(count);
    if (work.progress) work.progress(share.begin + (share.end - share.begin) * part);
  });
  if (work.progress) work.progress(share.end);
}

}  // namespace cupel::models
