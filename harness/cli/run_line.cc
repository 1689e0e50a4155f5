#include "harness/cli/run_line.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace cupel::cli {
namespace {

constexpr std::size_t kMostFacts = 3;

/// "12400" -> "12,400".
std::string grouped(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

/// Rates read better behind their number: "12,400 tokens/s".
std::string fact_text(const std::string& name, double value) {
  return name.contains('/') ? fmt::format("{} {}", short_number(value), name)
                            : fmt::format("{} {}", name, short_number(value));
}

}  // namespace

std::string short_number(double value) {
  if (std::abs(value) < 999.5) return fmt::format("{:.3g}", value);
  if (std::abs(value) < 1e15) return grouped(fmt::format("{:.0f}", value));
  return fmt::format("{:.2e}", value);
}

void RunLine::begin(std::string place) {
  place_ = std::move(place);
  what_.clear();
  facts_.clear();
}

void RunLine::at(std::string_view what, double share, Clock::time_point now) {
  if (what != what_) {
    what_ = what;
    first_share_ = share;
    first_time_ = now;
    facts_.clear();
  }
  share_ = share;
}

void RunLine::fact(std::string_view name, double value) {
  if (name.ends_with("-checksum")) return;
  const auto known = std::ranges::find(facts_, name, [](const auto& one) { return one.first; });
  if (known != facts_.end())
    known->second = value;
  else if (facts_.size() < kMostFacts)
    facts_.emplace_back(name, value);
}

bool RunLine::training() const { return what_.contains("training"); }

std::string RunLine::text(Clock::time_point now, double rest) const {
  std::string line = fmt::format("{}: {} {:.0f} %", place_, what_, 100 * share_);
  for (const auto& [name, value] : facts_) line += ", " + fact_text(name, value);
  if (training()) {
    rest = 0.0;
    const double elapsed = std::chrono::duration<double>(now - first_time_).count();
    if (share_ > first_share_) rest = elapsed * (1 - share_) / (share_ - first_share_);
  }
  if (rest > 0) line += fmt::format(", about {:.0f} s left", rest);
  return line;
}

}  // namespace cupel::cli
