/// How the examples of one section of a protocol become statistics: from texts or molecules, ranks,
/// or labels. For harness/run/scoring.cc only.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/run/scoring.h"
#include "metrics/builtin.h"
#include "metrics/pair.h"
#include "metrics/protocol.h"

namespace cupel {

/// All metrics of a section. Immutable and thread-safe.
class ExampleMeasures {
 public:
  virtual ~ExampleMeasures() = default;

  /// One table of zeros a metric, one row an example. The first example says how many labels there
  /// are.
  [[nodiscard]] virtual std::expected<std::vector<MetricStatistics>, std::string> tables(
      std::span<const ScoringPair> pairs) const = 0;

  /// Fills row `row` of tables(), or says what is wrong with the texts.
  virtual std::expected<void, std::string> measure(const ScoringPair& example, std::size_t row,
                                                   std::span<MetricStatistics> out) const = 0;
};

/// `context` and `resources` are for texts and molecules; their pointees outlive the result.
[[nodiscard]] std::unique_ptr<ExampleMeasures> make_example_measures(
    const metrics::TaskProtocol& task, const metrics::PairContext& context,
    const metrics::MetricResources& resources);

}  // namespace cupel
