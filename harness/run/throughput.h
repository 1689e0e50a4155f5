/// How fast models answer, on Google Benchmark, with every answer checked meanwhile.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/run/run_watcher.h"
#include "harness/run/runner.h"
#include "results/store.h"
#include "results/timing.h"

namespace cupel {

struct ThroughputRequest {
  std::vector<std::size_t> cells;    ///< places in the plan; each has a complete run in the store
  std::vector<std::size_t> batches;  ///< examples in a call; as many as there are where fewer
  std::size_t examples = 64;         ///< of each run, the first ones: what a pass answers
  std::size_t repetitions = 10;
  double least_seconds = 0.1;  ///< of a repetition, which is as many passes as it takes
};

struct Throughput {
  std::vector<results::Timing> timings;  ///< without environment and time
  std::vector<std::string> failures;     ///< "name: what", of benchmarks that have no timing
  std::string json;                      ///< as Google Benchmark writes it
  bool interrupted = false;              ///< the watcher cancelled; the rest is empty then
};

/// "atomas/captioning/mini-chebi-20/seed:1/batch:8"
[[nodiscard]] std::string benchmark_name(const PlanCell& cell, std::size_t batch);

/// The value that a share `q` in (0, 1] of `sorted` does not exceed: the nearest rank. `sorted` is
/// not empty.
[[nodiscard]] double percentile(std::span<const double> sorted, double q);

/// Every model learns, or is loaded from its stages, and answers one pass that is not timed. Then
/// all benchmarks take turns in random order, repetition by repetition. A call takes inputs and
/// ends with answers as the store keeps them, so that a device has finished; a gallery was shown
/// before. Times are of calls alone. An answer that does not agree with the run's own
/// (answer_agreement.h) is a failure: what is fast must be right.
///
/// Peak memory is by how much reading the data, learning or loading, and the first pass raised what
/// the process has resident. The peak rate is what the model's library reached in a large matrix
/// product on this machine right before; of devices other than "cpu" it is unknown.
///
/// `store` is written to only where a stage has to be trained again. Throws what making the models
/// throws, and Error{kIncomplete} for a cell without a complete run.
[[nodiscard]] Throughput measure_throughput(results::StoreWriter& store, const Plan& plan,
                                            const ThroughputRequest& request,
                                            const RunResources& resources, RunWatcher& watcher);

}  // namespace cupel
