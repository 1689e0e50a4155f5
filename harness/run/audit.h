/// Do the metrics measure? Every metric is run on predictions whose score is known beforehand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {

struct AuditCheck {
  std::string task;
  std::string probe;  ///< "gold", "empty", "constant", "copied", "shuffled", "all-invalid",
                      ///< "tie-storm", "inverted"
  std::string metric;
  std::string expected;  ///< "= 1", "in [0, 1)", "no value"
  std::optional<double> value;
  bool passed = false;
};

/// Runs the probes on every task that the protocol defines:
///   gold        the references themselves: the best score there is
///   empty       no output at all
///   constant    one and the same answer for every row; of alignment: everything in one set
///   copied      the input as output
///   shuffled    the reference of the next row; of alignment: the right sets with wrong partners
///   all-invalid strings that are no molecules
///   tie-storm   one score for all candidates: what chance gives under the protocol's tie rule
///   inverted    the reverse of the right order
/// References are the bundled examples (tasks/suite). Throws as Scorer's constructor does.
[[nodiscard]] std::vector<AuditCheck> audit_metrics(const metrics::Protocol& protocol,
                                                    const ScoringFiles& files);

}  // namespace cupel
