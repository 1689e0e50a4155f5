/// What a gate found: one row a decision, before anybody prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cupel {

enum class GateAnswer : std::uint8_t {
  kPass,
  kExpected,      ///< it changed, and somebody has said that it would
  kNew,           ///< the baseline has it not: nothing to decide
  kInconclusive,  ///< noise or sample size does not allow an answer
  kRegression,
  kIncomplete  ///< the candidate lacks it, or has it otherwise
};

/// What a gate compares: a score of a cell, or the time of a benchmark.
struct GateSubject {
  std::string model;    ///< empty for a benchmark
  std::string task;     ///< empty for a benchmark
  std::string dataset;  ///< empty for a benchmark
  std::string split;    ///< empty for a benchmark
  std::optional<std::int64_t> seed;
  std::string protocol;   ///< empty for a benchmark
  std::string metric;     ///< of a benchmark "real-time"
  std::string benchmark;  ///< empty for a score
  std::string unit;       ///< of a time: ns us ms s
};

struct GateRow {
  GateSubject subject;
  bool higher_is_better = true;
  std::size_t baseline_n = 0;  ///< examples in the denominator; repetitions
  std::size_t candidate_n = 0;
  std::optional<double> baseline;  ///< the score; the median time
  std::optional<double> candidate;
  /// Of a score candidate − baseline, of a time candidate / baseline − 1.
  std::optional<double> difference;
  std::optional<double> low;  ///< bounds of the difference; each alone has confidence 1 − alpha
  std::optional<double> high;
  std::optional<double> p;           ///< one-sided, of "it has not become worse"
  std::optional<double> p_adjusted;  ///< by Holm's method over all rows with a p
  /// The smallest drop (of a time: growth) that would have been called a regression with the power
  /// that the rules name, as a size.
  std::optional<double> detectable;
  double tolerance = 0.0;
  double minimum_effect = 0.0;
  GateAnswer answer = GateAnswer::kPass;
  std::string reason;  ///< may be empty for a row that passes
  std::string signature;
};

/// How often the tests call equal things different.
struct GateCalibration {
  std::string kind;        ///< "scores", "times"
  std::size_t pairs = 0;   ///< A/A pairs
  std::size_t alarms = 0;  ///< pairs with a false alarm
  double low = 0.0;        ///< 95 % binomial interval of the rate
  double high = 1.0;
  double nominal = 0.0;
  std::string how;  ///< one sentence: what the pairs are; or why there are none

  [[nodiscard]] bool passes() const { return low <= nominal; }
};

struct GateResult {
  std::string rules;  ///< the file
  double alpha = 0.05;
  double power = 0.8;
  std::size_t tests = 0;  ///< rows with a p, over which it is adjusted
  std::vector<GateRow> rows;
  std::vector<GateCalibration> calibrations;
  std::vector<std::string> notes;  ///< one sentence each
  GateAnswer answer = GateAnswer::kPass;
  int status = 0;  ///< exit status: 0 pass, 1 regression, 3 inconclusive, 4 incomplete
  bool inconclusive_passes = false;
};

/// "pass", "expected", "new", "inconclusive", "regression", "incomplete".
[[nodiscard]] constexpr const char* name_of(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::kPass:
      return "pass";
    case GateAnswer::kExpected:
      return "expected";
    case GateAnswer::kNew:
      return "new";
    case GateAnswer::kInconclusive:
      return "inconclusive";
    case GateAnswer::kRegression:
      return "regression";
    case GateAnswer::kIncomplete:
      return "incomplete";
  }
  return "";
}

}  // namespace cupel
