/// What a gate found, as tables.
#pragma once

#include <vector>

#include "harness/core/gate.h"
#include "reports/table.h"

namespace cupel::reports {

/// "rows" (one a decision), and for machines "calibration" and "gate" (the answer with the exit
/// status). People do not see rows of identical predictions, which are counted instead; the last
/// note tells them the answer.
[[nodiscard]] std::vector<Table> gate_tables(const GateResult& result, bool people);

}  // namespace cupel::reports
