/// One loop over independent items on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace cupel {

/// Threads to use for `jobs` = 0: the processors this process may run on.
[[nodiscard]] unsigned default_jobs();

/// Calls `body(i)` once for each i in [0, n) from `jobs` threads (0: default_jobs(); 1: the calling
/// thread). Items are handed out in small chunks, in order. The first exception stops the loop and
/// is rethrown here.
void parallel_for(std::size_t n, unsigned jobs, const std::function<void(std::size_t)>& body);

}  // namespace cupel
