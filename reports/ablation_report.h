/// An ablation as tables: the switches, their effects, and what is left out.
#pragma once

#include <vector>

#include "harness/core/ablation.h"
#include "reports/table.h"

namespace cupel::reports {

/// For people: "switches" (one row a setting that differs; below it what the reference is and how
/// effects are tested), one table of effects for each task, data set and protocol, and "gaps" when
/// something is left out. For machines: "effects" with one row a variant and metric, "switches",
/// "seeds" (one row a pair of runs), and "gaps".
[[nodiscard]] std::vector<Table> ablation_tables(const Ablation& ablation, bool people);

}  // namespace cupel::reports
