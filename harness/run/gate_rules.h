/// What a gate demands: a JSON file that people write (schema: cupel schema gate).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/significance/decision.h"

namespace cupel {

/// A score that must be compared, or the gate is incomplete even if the baseline lacks it too.
struct RequiredScore {
  std::string task;
  std::string metric;
  std::string model;  ///< empty: any
};

struct ThroughputRules {
  metrics::Limits limits;             ///< as shares of the baseline's time
  bool interleaved = false;           ///< measured one after the other: inconclusive
  std::vector<std::string> required;  ///< names of benchmarks
  /// Name of a benchmark -> why a change of it is meant: once, in the rules of that change.
  std::map<std::string, std::string> expected;
};

struct GateRules {
  std::string origin;  ///< the file
  double alpha = 0.05;
  double power = 0.8;
  std::uint64_t seed = 1;
  bool calibration = true;
  std::vector<std::string> protocols;  ///< names; empty: all
  std::map<std::string, metrics::Limits> metrics;
  std::map<std::string, std::map<std::string, metrics::Limits>> tasks;  ///< instead of `metrics`
  std::vector<RequiredScore> required;
  std::optional<ThroughputRules> throughput;

  /// Null: no rule covers this metric of this task.
  [[nodiscard]] const metrics::Limits* limits_of(const std::string& task,
                                                 const std::string& metric) const;
};

/// Throws Error{kUsage} with file, line and column: bad JSON, an unknown or duplicate key, a metric
/// or task that nobody knows, a number out of its range, a minimum effect beyond its tolerance, or
/// rules that cover nothing.
[[nodiscard]] GateRules parse_gate_rules(std::string_view json, const std::string& origin);
[[nodiscard]] GateRules read_gate_rules(const std::filesystem::path& path);

/// The JSON Schema of such a file.
[[nodiscard]] std::string_view gate_schema();

}  // namespace cupel
