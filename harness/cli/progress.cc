#include "harness/cli/progress.h"

#include <cstdio>
#include <utility>

#include <unistd.h>

namespace cupel::cli {

Progress::Progress(std::string verb, std::size_t total)
    : verb_(std::move(verb)), total_(total), shown_(::isatty(STDERR_FILENO) == 1 && total >= 500) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

std::function<void(std::size_t)> Progress::callback() {
  if (!shown_) return {};
  return [this](std::size_t done) {
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double left = elapsed * static_cast<double>(total_ - done) / static_cast<double>(done);
    std::fprintf(stderr, "\r%s %zu of %zu, %.0f s left\033[K", verb_.c_str(), done, total_, left);
    drawn_ = true;
  };
}

}  // namespace cupel::cli
