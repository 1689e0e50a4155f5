/// What one example adds to the score under each of many sets of choices.
///
/// A search goes through the examples, and through all sets of choices at each of them: most sets
/// make the same strings of an example, and most of the others ask for the same molecules, so that
/// little is left to compute, and nothing must be kept from one example to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/explain_measures.h"
#include "harness/run/explain_space.h"
#include "harness/run/explain_texts.h"
#include "metrics/molecule/invalid_rule.h"

namespace cupel {

/// The sets of choices, and what they share.
struct ExplainRowPlan {
  /// The strings that a metric is given: changed texts, columns exchanged, a prefix cut.
  struct Input {
    std::size_t text = 0;
    bool swapped = false;
    std::string prefix;
    auto operator<=>(const Input&) const = default;
  };
  enum class Rows : std::uint8_t { kAll, kValid, kNotEmpty };
  struct Set {
    std::size_t input = 0;
    std::size_t measure = 0;
    Rows rows = Rows::kAll;
    std::optional<metrics::InvalidRule> rule;  ///< of kValid
    std::string_view average;                  ///< as ExplainSpace has it; empty: the corpus'
    std::size_t first = 0;                     ///< of its numbers
    std::size_t count = 0;
  };
  std::vector<TextChanges> texts;
  std::vector<Input> inputs;
  std::vector<const ExplainMeasure*> measures;
  std::vector<metrics::MorganCacheOptions> caches;
  std::vector<Set> sets;
};

class ExplainRows {
 public:
  /// `space` and `measures` outlive this. Throws as ExplainMeasures::of().
  ExplainRows(const ExplainSpace& space, ExplainMeasures& measures,
              std::span<const Combination> sets);

  /// How many numbers an example adds to, for all sets together.
  [[nodiscard]] std::size_t width() const { return width_; }

  /// Writes what the example adds: `out` has width() zeros. Thread-safe.
  void measure(const TextPair& example, std::span<double> out) const;

  /// The score of one set from the sums over all examples, added in their order: bit for bit what
  /// Metric::score gives. Nothing where the metric has no value.
  [[nodiscard]] std::optional<double> score(std::size_t set, std::span<const double> sums) const;

 private:
  ExplainRowPlan plan_;
  std::size_t width_ = 0;
};

}  // namespace cupel
