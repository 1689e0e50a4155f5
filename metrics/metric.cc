#include "metrics/metric.h"

namespace cupel::metrics {

Metric::Resampled Metric::prepare(const StatisticTable& rows) const {
  return [this, &rows](std::span<const std::uint32_t> times) { return score(rows, times); };
}

Value AdditiveMetric::score(const StatisticTable& rows,
                            std::span<const std::uint32_t> times) const {
  if (rows.rows() == 0) return std::unexpected("no example");
  if (times.empty()) return finish(rows.sum());
  std::vector<double> sum(rows.columns(), 0.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += row[c] * times[i];
  }
  return finish(sum);
}

Value MeanMetric::finish(std::span<const double> sum) const {
  if (sum[1] == 0.0) return std::unexpected("no example counts");
  return sum[0] / sum[1];
}

std::size_t MeanMetric::counted(const StatisticTable& rows) const {
  return static_cast<std::size_t>(rows.sum()[1]);
}

void MeanMetric::measure(const Pair& pair, std::span<double> out) const {
  const Counted counted = value_of(pair);
  out[0] = counted.counts ? counted.value : 0.0;
  out[1] = counted.counts ? 1.0 : 0.0;
}

}  // namespace cupel::metrics
