/// What the pages of the report show, each as one JSON document. The scripts of the page (*.js,
/// beside this file) read the keys as they are written here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/core/ablation.h"
#include "metrics/protocol.h"
#include "reports/run_report.h"
#include "results/store.h"

namespace cupel::reports {

/// The runs of a report with what they were measured by.
struct ChosenRuns {
  std::vector<results::Run> runs;
  /// Of each run those under the chosen protocols that are complete.
  std::vector<std::vector<results::Measurement>> measurements;
  std::map<std::int64_t, results::StoredProtocol> protocols;  ///< all, by key
};

[[nodiscard]] ChosenRuns chosen_runs(results::Store& store, const RunChoice& choice);

/// The section of protocols that scores a task (a room above this one knows the tasks).
using SectionOf = std::function<std::string(const std::string& task)>;

/// What the protocol of a measurement says about the run's task. Throws Error{kUsage} when it says
/// nothing.
[[nodiscard]] metrics::TaskProtocol section_of(const ChosenRuns& chosen, const results::Run& run,
                                               const results::Measurement& measurement,
                                               const SectionOf& sections);

/// Runs, the cells of plans with what became of them, and warnings: metrics whose values stand
/// beside each other and must not be compared, as settings, versions or examples differ.
[[nodiscard]] std::string overview_document(results::Store& store, const ChosenRuns& chosen,
                                            const std::string& program);

/// Every score, as the machines' table of run_report.h.
[[nodiscard]] std::string score_document(results::Store& store, const RunChoice& choice);

/// Every published cell with what became of it in these runs (reports/ledger.h).
[[nodiscard]] std::string ledger_document(results::Store& store, const ChosenRuns& chosen);

/// Variants, effects and gaps; absent: why there are none.
[[nodiscard]] std::string ablation_document(const Ablation* ablation, const std::string& why_not);

/// The stages with their curves, the checksums of states aside. A curve of more than 2,000 steps is
/// given as means over equally many of them.
[[nodiscard]] std::string training_document(results::Store& store, const ChosenRuns& chosen);

/// Of each run of retrieval and each of its protocols: recall@k for k from 1 to 50, from the stored
/// ranks, under the protocol's rule for ties.
[[nodiscard]] std::string retrieval_document(results::Store& store, const ChosenRuns& chosen,
                                             const SectionOf& sections);

/// What was measured last of how fast these runs' models answer (reports/throughput.h), and on
/// what.
[[nodiscard]] std::string throughput_document(results::Store& store, const ChosenRuns& chosen);

/// Everything that says where results come from: environments, configurations, digests, stages,
/// protocols, manifests.
[[nodiscard]] std::string provenance_document(results::Store& store, const ChosenRuns& chosen);

}  // namespace cupel::reports
