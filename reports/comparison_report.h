/// A comparison as tables: every metric, the examples that moved most, and the settings that
/// differ.
#pragma once

#include <vector>

#include "harness/core/comparison.h"
#include "reports/table.h"

namespace cupel::reports {

/// "metrics" (one row a metric; machines also read the runs, the options and the signatures in each
/// row), "examples" and "settings". People read texts of some 60 characters, machines whole ones.
[[nodiscard]] std::vector<Table> comparison_tables(const RunComparison& comparison);

}  // namespace cupel::reports
