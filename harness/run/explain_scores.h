/// Scores under many sets of choices, each computed once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/run/explain_space.h"
#include "harness/run/explain_texts.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {

class ExplainScores {
 public:
  /// `task` is the section of a protocol that the pairs are scored by; `jobs` as of ScoringOptions.
  /// Throws as Scorer does.
  ExplainScores(std::vector<TextPair> pairs, metrics::TaskProtocol task, std::string section,
                std::string metric, const ScoringFiles& files, unsigned jobs);
  ~ExplainScores();

  [[nodiscard]] const ExplainSpace& space() const;

  /// The score of each set, bit for bit that of Scorer; nothing where the metric has no value. The
  /// examples are gone through once for all sets, and memory does not grow with their number.
  /// `progress` (may be empty) is told which share is done, from the calling thread, and may throw.
  [[nodiscard]] std::vector<std::optional<double>> scores(
      std::span<const Combination> sets, const std::function<void(double)>& progress = {});

  [[nodiscard]] std::optional<double> score(const Combination& chosen) {
    return scores({&chosen, 1}).front();
  }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cupel
