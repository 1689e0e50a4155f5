#include "harness/run/alignment_controls.h"

#include "harness/core/statistics.h"
#include "metrics/builtin.h"
#include "metrics/significance/sign_flip.h"

namespace cupel {
namespace {

// Columns of metrics/alignment/ari_metric.h.
constexpr std::size_t kValue = 0;
constexpr std::size_t kCounts = 1;
constexpr std::size_t kControls = 2;

bool has_controls(const results::Measurement& measurement) {
  const metrics::MetricEntry* entry = metrics::metric_registry().find(measurement.metric);
  return entry != nullptr && entry->family == metrics::MetricEntry::Family::kAlignment;
}

}  // namespace

std::vector<ControlledScore> controlled_scores(results::Store& store, const results::Run& run,
                                               const results::Measurement& measurement,
                                               const ControlOptions& options) {
  if (!has_controls(measurement)) return {};
  const StatisticTable rows = store.statistics(run, measurement);
  const std::vector<double> sum = rows.sum();
  if (rows.rows() == 0 || sum[kCounts] == 0.0) return {};
  std::vector<ControlledScore> scores;
  for (std::size_t column = kControls; column < rows.columns(); ++column) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const auto row = rows.row(i);
      if (row[kCounts] != 0.0) differences.push_back(row[kValue] - row[column]);
    }
    scores.push_back({.control = measurement.columns[column],
                      .value = sum[kValue] / sum[kCounts],
                      .chance = sum[column] / sum[kCounts],
                      .p = metrics::sign_flip_p(differences, options.trials, options.seed),
                      .n = differences.size()});
  }
  return scores;
}

}  // namespace cupel
