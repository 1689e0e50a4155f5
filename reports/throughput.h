/// How fast models answered: the repetitions of a measurement as one row.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/table.h"
#include "results/store.h"
#include "results/timing.h"

namespace cupel::reports {

/// Medians over the repetitions of one model on one task with one size of calls.
struct ThroughputRow {
  results::Run run;  ///< whose examples were answered
  std::size_t batch = 0;
  std::size_t examples = 0;  ///< of a pass
  std::size_t repetitions = 0;
  double rate = 0.0;  ///< examples a second
  double slowest = 0.0;
  double fastest = 0.0;
  double p50 = 0.0;  ///< seconds of a call
  double p95 = 0.0;
  double p99 = 0.0;
  std::optional<double> read_tokens;     ///< a second
  std::optional<double> written_tokens;  ///< a second
  std::optional<double> padding_waste;   ///< the share of what the model reads that is pads
  std::optional<double> flop_rate;       ///< FLOP/s of matrix products, without those of pads
  std::optional<double> flop_share;      ///< of the machine's measured peak
  std::optional<double> peak_memory;     ///< bytes
  std::string environment;               ///< JSON
  std::string measured_at;               ///< UTC, ISO 8601
};

/// What was measured last of each run and size of calls, in the order of `runs`; timings of other
/// runs are left out.
[[nodiscard]] std::vector<ThroughputRow> throughput_rows(std::span<const results::Run> runs,
                                                         std::span<const results::Timing> timings);

[[nodiscard]] Table throughput_table(std::span<const ThroughputRow> rows);

}  // namespace cupel::reports
