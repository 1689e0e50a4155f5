/// The scores of a store in the layout of papers, with the best of each column and who ties with
/// it.
#pragma once

#include <vector>

#include "harness/core/comparison.h"
#include "harness/core/paper_table.h"
#include "reports/run_report.h"
#include "results/store.h"

namespace cupel {

/// One table a layout, data set, split and protocol for which the chosen runs have scores; rows in
/// the order of the runs. A model ties with the best of a column unless the paired difference on
/// the same examples and seeds is clear: p, adjusted by Holm's method over the models of the
/// column, is at most 1 − confidence (tests: see switch_effect.h). What cannot be tested is named
/// in the notes. Of two runs with the same model, data and seed the newer one counts. Throws
/// Error{kUsage} as reports::choose_runs does, Error{kIntegrity} for statistics that a metric
/// cannot have made.
[[nodiscard]] std::vector<PaperTable> paper_tables(results::Store& store,
                                                   const reports::RunChoice& choice,
                                                   const ComparisonOptions& tests);

}  // namespace cupel
