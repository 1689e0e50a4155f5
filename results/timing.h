/// How long a model took to answer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/core/digest.h"

namespace cupel::results {

/// One repetition: a model that had learnt answered the first `examples` of a run, `batch` in a
/// call, in several passes.
struct Timing {
  Digest cell{};  ///< of the run
  std::size_t batch = 0;
  std::size_t examples = 0;
  std::size_t repetition = 0;
  std::size_t passes = 0;
  double seconds = 0.0;  ///< of a pass, the mean
  double p50 = 0.0;      ///< seconds of a call, over all passes
  double p95 = 0.0;
  double p99 = 0.0;
  // Of a pass, where the model tells:
  std::optional<double> read_tokens;
  std::optional<double> padded_tokens;  ///< with the pads beside them
  std::optional<double> written_tokens;
  std::optional<double> flop;  ///< of matrix products, without those of pads
  // Of the machine, where it was measured:
  std::optional<double> peak_flop_per_second;
  std::optional<double> peak_memory;  ///< bytes that loading and answering added
  std::string environment;            ///< JSON: where and with what
  std::string measured_at;            ///< UTC, ISO 8601; one for all of a measurement
  bool operator==(const Timing&) const = default;
};

}  // namespace cupel::results
