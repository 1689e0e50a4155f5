#include "harness/run/explain.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel {
namespace {

constexpr std::size_t kSoonTried = 1;

/// Digits with at most one point among them.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto points = std::ranges::count(text, '.');
  return digits > 0 && points <= 1 && digits + points == std::ssize(text);
}

/// All combinations with exactly `size` changed choices.
void collect(const ExplainSpace& space, std::size_t from, std::size_t size, Combination& chosen,
             std::vector<Combination>& out) {
  if (size == 0) {
    out.push_back(chosen);
    return;
  }
  for (std::size_t c = from; c + size <= space.choices.size(); ++c) {
    for (std::size_t value = 1; value <= space.choices[c].to.size(); ++value) {
      chosen[c] = static_cast<std::uint8_t>(value);
      collect(space, c + 1, size - 1, chosen, out);
    }
    chosen[c] = 0;
  }
}

std::vector<Combination> combinations(const ExplainSpace& space, std::size_t size) {
  std::vector<Combination> all;
  Combination chosen(space.choices.size());
  collect(space, 0, size, chosen, all);
  std::ranges::sort(all);
  return all;
}

/// Makes the scores of all sets of `first` to `last` changes known.
void compute(ExplainScores& scores, std::size_t first, std::size_t last,
             const std::function<void(const ExplainProgress&)>& progress) {
  std::vector<Combination> sets;
  for (std::size_t size = first; size <= last; ++size)
    std::ranges::move(combinations(scores.space(), size), std::back_inserter(sets));
  (void)scores.scores(sets, [&](double share) {
    if (progress) progress({.size = last, .sets = sets.size(), .share = share});
  });
}

double distance(const ExplainTarget& target, double value) {
  return std::max({0.0, target.low - value, value - target.high});
}

/// If the values lay evenly over the range that the middle 90 % of them have.
double hits_if_even(const std::vector<double>& sorted, double width) {
  constexpr double kMiddle = 0.9;
  if (sorted.size() < 2) return 0.0;
  const auto at = [&](double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  const double range = at((1 + kMiddle) / 2) - at((1 - kMiddle) / 2);
  return range <= 0.0 ? 0.0 : kMiddle * static_cast<double>(sorted.size()) * width / range;
}

/// If they lay in the interval as densely as in ten such intervals on either side of it.
double hits_as_near(const std::vector<double>& sorted, const ExplainTarget& target) {
  constexpr double kSide = 10.0;
  const double width = target.high - target.low;
  const auto near = std::ranges::count_if(sorted, [&](double value) {
    return !target.holds(value) && value >= target.low - kSide * width &&
           value <= target.high + kSide * width;
  });
  return static_cast<double>(near) / (2 * kSide);
}

/// See Explanation::by_chance.
double expected_hits(const std::set<double>& values, const ExplainTarget& target) {
  const std::vector<double> sorted(values.begin(), values.end());
  return std::max(hits_if_even(sorted, target.high - target.low), hits_as_near(sorted, target));
}

}  // namespace

ExplainTarget ExplainTarget::parse(const std::string& text) {
  std::string_view digits = text;
  const bool percent = digits.ends_with('%');
  if (percent) digits.remove_suffix(1);
  double number = 0.0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!is_plain_number(digits) || read.ec != std::errc() || digits.size() > 30)
    throw Error(Code::kUsage, fmt::format("'{}' is no number as papers print it", text),
                "write the printed digits, such as 0.721, 72.1% or 16.07: they say how far it was "
                "rounded");
  const std::size_t point = digits.find('.');
  const auto decimals = point == std::string_view::npos ? 0 : digits.size() - point - 1;
  const double scale = percent ? 0.01 : 1.0;
  const double half = 0.5 * std::pow(10.0, -static_cast<double>(decimals));
  return {.printed = text, .low = (number - half) * scale, .high = (number + half) * scale};
}

bool ExplainTarget::holds(double value) const {
  constexpr double kSlack = 1e-12;
  return value >= low - kSlack && value <= high + kSlack;
}

std::vector<ChangedChoice> changes_of(const ExplainSpace& space, const Combination& chosen) {
  std::vector<ChangedChoice> changes;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const ExplainChoice& choice = space.choices[c];
    if (chosen[c] > 0)
      changes.push_back({.key = choice.key, .from = choice.from, .to = choice.to[chosen[c] - 1U]});
  }
  return changes;
}

Explanation explain(ExplainScores& scores, const ExplainTarget& target, std::size_t most,
                    const std::function<void(const ExplainProgress&)>& progress) {
  Explanation found;
  std::set<double> different;
  for (std::size_t size = 0; size <= most && found.sets.empty(); ++size) {
    // Few changes are soon tried; many cost hardly more than two, whose strings they share.
    if (size == 0) compute(scores, 0, std::min(most, kSoonTried), progress);
    if (size == kSoonTried + 1) compute(scores, size, most, progress);
    found.size = size;
    const std::vector<Combination> sets = combinations(scores.space(), size);
    const auto values = scores.scores(sets);
    found.tried += sets.size();
    if (size == 0) found.value = values.front();
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (!values[i]) continue;
      const double value = *values[i];
      different.insert(value);
      const bool hit = target.holds(value);
      const bool nearer =
          !found.nearest || distance(target, value) < distance(target, found.nearest->value);
      if (!hit && !nearer) continue;
      ExplainedSet set{.changes = changes_of(scores.space(), sets[i]), .value = value};
      if (hit)
        found.sets.push_back(std::move(set));
      else
        found.nearest = std::move(set);
    }
  }
  if (!found.sets.empty()) found.nearest.reset();
  found.scores = different.size();
  found.by_chance = expected_hits(different, target);
  return found;
}

}  // namespace cupel
