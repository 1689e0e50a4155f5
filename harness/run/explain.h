/// Which choices turn our score into a number that somebody printed?
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/explain_scores.h"

namespace cupel {

/// What a printed number may have been before it was rounded.
struct ExplainTarget {
  std::string printed;
  double low = 0.0;
  double high = 0.0;

  /// "0.721", "72.1%", "16.07": [0.7205, 0.7215], the same, [16.065, 16.075]. Throws Error{kUsage}.
  [[nodiscard]] static ExplainTarget parse(const std::string& text);
  /// Both ends count, and 1e-12 beside them, where doubles end.
  [[nodiscard]] bool holds(double value) const;
};

struct ChangedChoice {
  std::string key;
  std::string from;
  std::string to;
  bool operator==(const ChangedChoice&) const = default;
};

struct ExplainedSet {
  std::vector<ChangedChoice> changes;  ///< none: the protocol as it is
  double value = 0.0;
};

struct Explanation {
  std::optional<double> value;          ///< under the protocol as it is
  std::vector<ExplainedSet> sets;       ///< all of the smallest size that reach the target
  std::optional<ExplainedSet> nearest;  ///< that did not reach it, where none did
  std::size_t size = 0;    ///< up to so many changed choices were tried, all sets of each size
  std::size_t tried = 0;   ///< sets of choices
  std::size_t scores = 0;  ///< different values that they gave
  /// How many of these values would lie in the target's interval by chance: if they lay evenly over
  /// the range that the middle 90 % of them have, or as densely as in ten such intervals on either
  /// side; the larger of the two, since scores crowd where published numbers are. Near or above 1,
  /// a hit proves nothing.
  double by_chance = 0.0;
};

/// The changes that a combination makes.
[[nodiscard]] std::vector<ChangedChoice> changes_of(const ExplainSpace& space,
                                                    const Combination& chosen);

struct ExplainProgress {
  std::size_t size = 0;  ///< at most so many choices are changed by the sets computed now …
  std::size_t sets = 0;  ///< … which are so many
  double share = 0.0;    ///< of their work that is done
};

/// Tries no change, then every set of one changed choice, of two, … up to `most`, and ends with the
/// first size that reaches the target. `progress` (may be empty) may throw.
[[nodiscard]] Explanation explain(ExplainScores& scores, const ExplainTarget& target,
                                  std::size_t most,
                                  const std::function<void(const ExplainProgress&)>& progress = {});

}  // namespace cupel
