/// Scores of prediction files as text, JSON, CSV or Markdown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/score.h"

namespace cupel::reports {

struct ScoredFile {
  std::string file;
  std::string sha256;
  std::size_t n = 0;  ///< rows
  std::vector<Score> scores;
};

struct ScoreReport {
  std::string task;
  std::string protocol;
  double confidence = 0.95;
  std::size_t resamples = 0;
  std::vector<ScoredFile> files;
};

/// For a terminal: rounded, one block a file, the signatures below.
[[nodiscard]] std::string score_text(const ScoreReport& report);
/// One document. One file:
/// {"task","protocol","n","scores":[{"metric","value","low","high","n","signature",
/// "signature_long"}]} with "file" and "sha256"; several files: an array of these. A missing value
/// is null beside its "reason".
[[nodiscard]] std::string score_json(const ScoreReport& report);
/// RFC 4180, one row a score: file,task,metric,value,low,high,n,protocol,signature.
[[nodiscard]] std::string score_csv(const ScoreReport& report);
[[nodiscard]] std::string score_markdown(const ScoreReport& report);

}  // namespace cupel::reports
