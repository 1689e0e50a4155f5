/// The choices that a search for a published number goes through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {

/// One choice, with what it is in the protocol that the search starts from, and what it could be.
struct ExplainChoice {
  enum class Stage : std::uint8_t {
    kText,     ///< of strings, see harness/run/explain_texts.h
    kMeasure,  ///< of an example's statistics: one of metrics/choices.h, or "metric"
    kAverage,  ///< of how examples become one number
  };
  Stage stage = Stage::kMeasure;
  std::string key;
  std::string from;  ///< as signatures print it
  std::vector<std::string> to;
};

struct ExplainSpace {
  std::vector<ExplainChoice> choices;
  std::vector<std::string>
      left_out;  ///< values that this machine cannot compute, one sentence each
};

/// For each choice of a space: 0, as the protocol has it, or 1 + the place of another value.
using Combination = std::vector<std::uint8_t>;

/// The values of the changed choices of one stage, by key. They point into the space.
[[nodiscard]] std::map<std::string_view, std::string_view> changed_values(
    const ExplainSpace& space, const Combination& chosen, ExplainChoice::Stage stage);

/// What can be varied of `metric` in this section of a protocol: its own choices as far as they are
/// data today ("invalid" is two, one for each rule that is optional), and
///   metric   another of its kind under the same name: BLEU of another order, another fingerprint
///   rows     of molecules: only those whose prediction is valid, or not empty; where the metric
///            itself does not leave rows out
///   average  of BLEU: the mean of the rows' own scores in place of the corpus', as it is or
///            smoothed as NLTK's method1 (0.1 for no match) or method2 (one more of each from pairs
///            of tokens on)
/// and, of texts and molecules, the choices of explain_texts.h. Throws Error{kUsage} when the
/// section has not this metric.
[[nodiscard]] ExplainSpace explain_space(const metrics::TaskProtocol& task,
                                         const std::string& metric, const ScoringFiles& files);

/// The metrics that `metric` may be confused with, itself first.
[[nodiscard]] std::vector<std::string> metrics_like(const std::string& metric);

}  // namespace cupel
