/// Which scores of two stores a gate compares, and what of the baseline the candidate lacks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/run/gate_rules.h"
#include "metrics/significance/decision.h"
#include "results/store.h"

namespace cupel {

/// A score that both sides have, made alike from the same examples.
struct GatedScore {
  GateRow row;  ///< subject, limits, values, counts and signature; not yet answered
  results::Store* baseline_store = nullptr;
  results::Store* candidate_store = nullptr;
  results::Run baseline;
  results::Run candidate;
  results::StoredProtocol protocol;  ///< the baseline's
  results::Measurement baseline_score;
  results::Measurement candidate_score;
  metrics::Limits limits;
  std::string expected;  ///< why the candidate is meant to be different; empty: nobody said so
};

struct GateMatch {
  std::vector<GatedScore> scores;  ///< those of one cell are neighbours
  std::vector<GateRow> rows;       ///< answered already: incomplete, new, or nothing to compare
  std::vector<std::string> notes;
};

/// Cells are matched by model, task, data set, split and seed, not by their digests, which change
/// with the code. A side's cells are those of the plan that was stored last, and beside them the
/// newest complete run of each; one of that plan that is not complete is missing, whatever older
/// runs there are. The scores are the newest that both have with the same long signature.
///
/// An annotation of the candidate's run (results/annotation.h) makes its change expected. One of an
/// earlier run of the same cell in the candidate's store restarts the history: where the baseline
/// is older than the annotation, the annotated run stands for it.
[[nodiscard]] GateMatch match_scores(results::Store& baseline, results::Store& candidate,
                                     const GateRules& rules);

}  // namespace cupel
