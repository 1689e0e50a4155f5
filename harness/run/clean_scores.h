/// Scores on the evaluation examples that training had not seen, from what the store holds.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/scoring.h"
#include "results/store.h"

namespace cupel {

/// One score on the examples that are left when those that overlap with training are out.
struct CleanScore {
  std::string kind;      ///< of overlap: "inchikey", "skeleton", "scaffold"
  std::size_t seen = 0;  ///< examples that are out
  std::optional<double> value;
  std::string reason;  ///< why there is no value
  std::size_t n = 0;   ///< examples in the denominator
  std::optional<double> low;
  std::optional<double> high;
};

/// For each kind of overlap that the store knows for the run's examples with all that its model was
/// trained on, in whatever stage: an example is out when it occurs in any of these. Nothing is
/// measured anew, the stored statistics of the other examples are summed. Empty when the run has no
/// training data. Ranks are still among the whole gallery.
/// Throws Error{kIntegrity} like score_run.
[[nodiscard]] std::vector<CleanScore> clean_scores(results::Store& store, const results::Run& run,
                                                   const results::StoredProtocol& protocol,
                                                   const results::Measurement& measurement,
                                                   const ScoringOptions& options);

/// The digests of the data sets that a run's model was trained on: of each stage, or of the data
/// set in the run's configuration, in hexadecimal. Empty for imports.
[[nodiscard]] std::set<std::string> training_digests(results::Store& store,
                                                     const results::Run& run);

}  // namespace cupel
