/// Scores under many sets of choices, each statistic computed once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/explain_space.h"
#include "harness/run/explain_texts.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {

/// For each choice of a space: 0, as the protocol has it, or 1 + the place of another value.
using Combination = std::vector<std::uint8_t>;

class ExplainScores {
 public:
  /// `task` is the section of a protocol that the pairs are scored by; `jobs` as of ScoringOptions.
  /// Throws as Scorer does.
  ExplainScores(std::vector<TextPair> pairs, metrics::TaskProtocol task, std::string section,
                std::string metric, const ScoringFiles& files, unsigned jobs);
  ~ExplainScores();

  [[nodiscard]] const ExplainSpace& space() const;

  /// Nothing where the metric has no value. Cheap when it differs from the one before in kAverage
  /// alone, or in strings that few examples have.
  [[nodiscard]] std::optional<double> score(const Combination& chosen);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cupel
