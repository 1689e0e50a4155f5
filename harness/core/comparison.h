/// Two runs on the same examples, side by side: what was found, before anybody prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cupel {

struct ComparisonOptions {
  std::string protocol;              ///< a name; empty: all under which both runs are scored
  std::vector<std::string> metrics;  ///< ids; empty: all
  std::size_t resamples = 10'000;    ///< draws of the paired bootstrap
  std::size_t trials = 10'000;       ///< of approximate randomization
  double confidence = 0.95;          ///< of the intervals; a p of at most 1 − confidence is clear
  std::uint64_t seed = 1;
  std::size_t top = 5;  ///< examples that are named, each way
};

/// A difference is candidate − baseline.
struct PairedDifference {
  double value = 0.0;
  double low = 0.0;  ///< percentile interval of the paired bootstrap
  double high = 0.0;
  double p_bootstrap = 1.0;
  double p_randomization = 1.0;
  double p_bootstrap_holm = 1.0;  ///< adjusted over the compared metrics of one protocol
  double p_randomization_holm = 1.0;
  double better_share = 0.5;  ///< bootstrap draws in which the candidate is better, ties half
};

/// What a difference says of the candidate. It is clear when both adjusted p are small enough: a
/// metric over the valid answers alone can fool either test.
enum class Verdict : std::uint8_t { kBetter, kWorse, kUnclear };

struct ComparedMetric {
  std::string protocol;
  std::string metric;
  bool higher_is_better = true;
  std::optional<double> baseline;  ///< over the examples that are paired
  std::optional<double> candidate;
  std::size_t baseline_n = 0;  ///< examples in the denominator
  std::size_t candidate_n = 0;
  std::optional<PairedDifference> difference;
  std::string reason;  ///< why there is no difference; empty when there is one
  Verdict verdict = Verdict::kUnclear;
  std::string signature;
  std::string signature_long;
};

/// One example with its own scores.
struct MovedExample {
  std::size_t position = 0;  ///< in the baseline's examples, from 0
  std::size_t candidate_position = 0;
  double baseline = 0.0;
  double candidate = 0.0;
  bool better = false;  ///< the candidate's
  std::string input;
  std::string reference;
  std::string baseline_prediction;
  std::string candidate_prediction;
};

/// The examples that moved most under one metric: those that became better, then those that became
/// worse, each by falling size of the difference, then by position.
struct MovedExamples {
  std::string protocol;
  std::string metric;
  std::vector<MovedExample> examples;
  std::size_t unranked = 0;  ///< paired examples on which a run has no score of its own
};

/// A key that is not the same in both runs; absent where a run does not have it.
struct SettingDifference {
  std::string part;  ///< "config" or "source"
  std::string key;   ///< nested keys and places in arrays are separated by dots
  std::optional<std::string> baseline;
  std::optional<std::string> candidate;
  bool operator==(const SettingDifference&) const = default;
};

struct ComparedRun {
  std::string id;
  std::string model;
  std::size_t size = 0;  ///< examples
};

struct RunComparison {
  ComparedRun baseline;
  ComparedRun candidate;
  std::string task;
  ComparisonOptions options;
  bool same_examples = true;  ///< otherwise they were paired by their digests
  std::size_t examples = 0;   ///< that are paired
  std::vector<ComparedMetric> metrics;
  std::vector<std::string> not_comparable;  ///< one sentence a metric, naming what differs
  MovedExamples moved;
  std::vector<SettingDifference> settings;
};

}  // namespace cupel
