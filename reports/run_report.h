/// What a store knows: runs and their scores.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reports/table.h"
#include "results/store.h"

namespace cupel::reports {

/// What is to be shown; an empty list or text: everything.
struct RunChoice {
  std::vector<std::string> runs;  ///< selectors, see Store::find_run
  std::string task;
  std::vector<std::string> protocols;
};

/// The chosen runs. Throws Error{kUsage} for a selector that does not mean exactly one run, and for
/// a task that no run of the store has.
[[nodiscard]] std::vector<results::Run> choose_runs(results::Store& store, const RunChoice& choice);

/// What must be said of the data of a run; empty: nothing.
[[nodiscard]] std::string note_of(const results::Run& run);

/// Signatures that differ in the metric alone, as one: "recall@1,recall@5|p:cupel.1|…".
[[nodiscard]] std::vector<std::string> joined_signatures(
    const std::vector<std::string>& signatures);

/// "95 % intervals from 1000 bootstrap draws, seed 1".
[[nodiscard]] std::string interval_text(const results::StoredInterval& interval);

/// Of the tables below.
[[nodiscard]] std::vector<Column> score_columns();

/// One row a score: model, task, dataset, split, seed, metric, value, low, high, n, protocol,
/// signature; JSON also has the run's id, the long signature, and the reason of a missing value.
/// For people (`split`) one table for all scores of the same metrics under one protocol, with the
/// signatures below, and with one row for several seeds: their mean, and the standard deviation of
/// the sample in place of an interval; for machines one table with everything. Low and high are
/// those of the stored interval with the most draws.
[[nodiscard]] std::vector<Table> score_tables(results::Store& store, const RunChoice& choice,
                                              bool split);

}  // namespace cupel::reports
