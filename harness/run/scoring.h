/// Predictions and references in, scores with intervals and signatures out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/score.h"
#include "harness/core/statistics.h"
#include "harness/core/tokenizer.h"
#include "metrics/metric.h"
#include "metrics/protocol.h"
#include "metrics/retrieval/choose_one.h"
#include "metrics/signature.h"
#include "metrics/significance/bootstrap.h"

namespace cupel {

/// Where the files are that some protocols need. Empty: not known.
struct ScoringFiles {
  std::filesystem::path wordpiece;     ///< SciBERT's vocab.txt
  std::filesystem::path t5_pieces;     ///< T5's spiece.model
  std::filesystem::path piece_module;  ///< the sentencepiece module of this build
  std::filesystem::path wordnet;       ///< WordNet 3.0's dict folder
};

struct ScoringOptions {
  std::size_t resamples = 1000;  ///< bootstrap draws; 0 gives no intervals
  double confidence = 0.95;
  std::uint64_t seed = 1;
  unsigned jobs = 0;  ///< threads; 0: all processors
};

/// One example to be scored: texts or molecules; or the ranks of metrics/retrieval/rank_text.h,
/// whose reference is not read; or labels and answers (metrics/classification/label_text.h); or
/// found and true sets (metrics/alignment). The texts outlive the call that scores them.
struct ScoringPair {
  std::string_view prediction;
  std::string_view reference;
};

/// The statistics of one metric over all examples.
struct MetricStatistics {
  std::string metric;
  std::vector<std::string> columns;  ///< names; the empty one is the example's own value
  StatisticTable table;
};

struct ScoredPairs {
  std::vector<Score> scores;
  std::vector<MetricStatistics> statistics;
};

/// The section of protocols that scores a task, as its definition says; a task that this program
/// does not know is looked for under its own name.
[[nodiscard]] std::string scoring_section(const std::string& task);

/// Scores any number of files under one protocol and task; molecules are computed once for all of
/// them.
class Scorer {
 public:
  /// `task` is a task or a section. Throws Error{kUsage} for a task that the protocol lacks or a
  /// file that is needed and not given, Error{kCapability} when this build or machine lacks
  /// something (InChI, WordNet, the sentencepiece module).
  Scorer(metrics::Protocol protocol, const std::string& task, const ScoringFiles& files,
         const ScoringOptions& options);
  ~Scorer();

  /// `progress` (may be empty) is told the number of measured examples now and then, from any
  /// thread. Throws Error{kIntegrity} naming the example whose texts are not those of the task.
  [[nodiscard]] ScoredPairs score(const std::vector<ScoringPair>& pairs,
                                  const std::function<void(std::size_t)>& progress = {});

  /// The two halves of score(): statistics of a part of the examples, in bounded memory …
  [[nodiscard]] std::vector<MetricStatistics> measure(
      std::span<const ScoringPair> pairs, metrics::TablePart part,
      const std::function<void(std::size_t)>& progress = {});
  /// … and scores with intervals from the statistics of all.
  [[nodiscard]] std::vector<Score> finish(const std::vector<MetricStatistics>& statistics) const;

  /// What measure() fills: tables of zeros. The first example decides how many columns metrics of
  /// labels have.
  [[nodiscard]] std::vector<MetricStatistics> tables(std::span<const ScoringPair> pairs) const;

  /// What finish() will print beside the metric's value.
  [[nodiscard]] metrics::Signature signature(const std::string& metric) const;

  [[nodiscard]] const metrics::Protocol& protocol() const;
  /// The name of the protocol's section.
  [[nodiscard]] const std::string& section() const;
  [[nodiscard]] const metrics::TaskProtocol& task() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// A metric of a protocol's task that finishes statistics measured before, which have these columns
/// (metrics of labels have two a label); it cannot measure, and so needs no vocabulary. Whether the
/// columns are its own is for the caller to check. Throws Error{kUsage} when the protocol has no
/// such task or metric.
[[nodiscard]] std::unique_ptr<metrics::Metric> finishing_metric(
    const metrics::Protocol& protocol, const std::string& task, const std::string& metric,
    const std::vector<std::string>& columns);

/// The intervals of complete scores; an absent one has no interval.
[[nodiscard]] std::vector<std::optional<metrics::Interval>> intervals_of(
    const std::vector<metrics::ScoredMetric>& metrics, const ScoringOptions& options);

}  // namespace cupel
