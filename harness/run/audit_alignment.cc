#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/core/sample.h"
#include "harness/run/audit_checks.h"
#include "harness/run/scoring.h"
#include "metrics/alignment/truth.h"

namespace cupel {
namespace {

/// Each letter is an atom or a byte of a phrase, and the phrases stand for three atoms each.
Sample known_sample() {
  return {.id = "1",
          .smiles = "CCCOOONNN",
          .text = "aabbcc",
          .labels = {},
          .phrases = {{.begin = 0, .end = 2, .fragment = true, .atoms = {0, 1, 2}},
                      {.begin = 2, .end = 4, .fragment = true, .atoms = {3, 4, 5}},
                      {.begin = 4, .end = 6, .fragment = true, .atoms = {6, 7, 8}}}};
}

std::string three_levels(std::string_view level) {
  return fmt::format(R"({{"levels":[{0},{0},{0}]}})", level);
}

}  // namespace

void audit_alignment(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  const std::string reference = metrics::write_truth(known_sample());
  Scorer scorer(protocol, "alignment", {}, {.resamples = 0});
  const auto probe = [&](const char* name, const std::string& prediction, double within,
                         double across) {
    const std::vector<ScoringPair> pairs(3, {.prediction = prediction, .reference = reference});
    for (const Score& score : scorer.score(pairs).scores) {
      const bool pair = score.metric.starts_with("ari-pair");
      checks.push_back(audit_check("alignment", name, score.metric,
                                   Expected::exactly(pair ? across : within), score.value));
    }
  };
  probe("gold",
        three_levels(R"({"molecule":[0,0,0,1,1,1,2,2,2],"text":[0,0,1,1,2,2],"match":[0,1,2]})"),
        1.0, 1.0);
  probe("empty", "", 0.0, 0.0);
  probe("constant",
        three_levels(R"({"molecule":[0,0,0,0,0,0,0,0,0],"text":[0,0,0,0,0,0],"match":[0]})"), 0.0,
        0.0);
  // Every set is right and has the wrong partner: 0 pairs in common of 18 and 18 among 54, so
  // (0 - 6) / (18 - 6).
  probe("shuffled",
        three_levels(R"({"molecule":[0,0,0,1,1,1,2,2,2],"text":[0,0,1,1,2,2],"match":[1,2,0]})"),
        1.0, -0.5);
}

}  // namespace cupel
