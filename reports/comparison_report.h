/// A comparison as tables: every metric, the examples that moved most, and the settings that
/// differ.
#pragma once

#include <string>
#include <vector>

#include "harness/core/comparison.h"
#include "reports/table.h"

namespace cupel::reports {

/// "metrics" (one row a metric; machines also read the runs, the options and the signatures in each
/// row), "examples" and "settings". People read texts of some 60 characters, machines whole ones.
[[nodiscard]] std::vector<Table> comparison_tables(const RunComparison& comparison);

// What other reports of differences share.

/// "better", "worse", "no clear difference".
[[nodiscard]] const char* verdict_name(Verdict verdict);
/// The beginning of a text, some 60 characters, for people.
[[nodiscard]] std::string shortened(const std::string& text);

}  // namespace cupel::reports
