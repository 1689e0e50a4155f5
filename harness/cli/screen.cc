#include "harness/cli/screen.h"

#include <atomic>
#include <csignal>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/cli/plan_flags.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace cupel::cli {
namespace {

std::atomic<int> signal_received = 0;  // a handler may touch nothing else

/// Of the terminal, in columns.
int width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 200;
  return size.ws_col - 1;
}

}  // namespace

void await_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int number) { signal_received = number; };
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

int interrupted_status() { return signal_received == SIGINT ? 130 : 75; }

Screen::Screen() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void Screen::begin(const PlanCell& cell, std::size_t number, std::size_t count) {
  const std::lock_guard lock(mutex_);
  number_ = number;
  count_ = count;
  line_.begin(fmt::format("[{}/{}] {}", number, count, describe(cell)));
  if (!terminal_) drawn_ = Clock::now();
}

void Screen::stage(const char* what, double share) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  line_.at(what, share, now);
  if (now - drawn_ < (terminal_ ? std::chrono::milliseconds(100) : std::chrono::minutes(1))) return;
  drawn_ = now;
  const std::string line = line_.text(now, left(now));
  if (terminal_)  // a longer one would not be drawn over
    std::fprintf(stderr, "\r%.*s\033[K", width(), line.c_str());
  else
    std::fprintf(stderr, "%s\n", line.c_str());
}

void Screen::fact(std::string_view name, std::uint64_t /*step*/, double value) {
  const std::lock_guard lock(mutex_);
  line_.fact(printable(name), value);
}

void Screen::waiting(const PlannedStage& stage) {
  say(fmt::format("waiting for another process, which trains {}", describe(stage)));
}

void Screen::trained(const PlannedStage& stage, double seconds) {
  say(fmt::format("trained {}, {:.1f} s", describe(stage), seconds));
}

void Screen::end(const PlanCell& cell, const Error* failure, double seconds) {
  say(fmt::format("{}: {}, {:.1f} s", describe(cell), failure == nullptr ? "done" : "failed",
                  seconds));
  if (failure != nullptr) complain(failure->what(), failure->hint());
}

bool Screen::cancelled() { return signal_received != 0; }

void Screen::say(const std::string& what) {
  const std::lock_guard lock(mutex_);
  std::fprintf(stderr, "%s[%zu/%zu] %s\n", terminal_ ? "\r\033[K" : "", number_, count_,
               what.c_str());
}

double Screen::left(Clock::time_point now) const {
  if (number_ < 2) return 0;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  return elapsed / static_cast<double>(number_ - 1) * static_cast<double>(count_ - number_ + 1);
}

}  // namespace cupel::cli
