/// Scores rows of strings with the molecule metrics.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/parallel.h"
#include "harness/core/statistics.h"
#include "metrics/metric.h"
#include "metrics/molecule/molecule_cache.h"
#include "metrics/pair.h"
#include "tests/support/molecules.h"

namespace cupel::test {

using Rows = std::vector<std::pair<std::string, std::string>>;  // prediction, reference

inline StatisticTable measured(const metrics::PairMetric& metric, const Rows& rows,
                               metrics::MoleculeCache& cache) {
  chem::silence_rdkit();
  const metrics::PairContext context{.molecules = &cache};
  StatisticTable table(rows.size(), metric.statistics().size());
  parallel_for(rows.size(), 0, [&](std::size_t i) {
    metric.measure(metrics::Pair(rows[i].first, rows[i].second, context), table.row(i));
  });
  return table;
}

inline StatisticTable measured(const metrics::PairMetric& metric, const Rows& rows) {
  metrics::MoleculeCache cache;
  return measured(metric, rows, cache);
}

/// The value of one row, or −1 when it does not count.
inline double value_of(const metrics::PairMetric& metric, const std::string& prediction,
                       const std::string& reference, std::size_t morgan_bits = 0) {
  metrics::MoleculeCache cache({}, morgan_bits);
  const StatisticTable table = measured(metric, {{prediction, reference}}, cache);
  return table.row(0)[1] == 0.0 ? -1.0 : table.row(0)[0];
}

}  // namespace cupel::test
