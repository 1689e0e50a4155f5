#include "harness/run/comparison.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/run/comparable.h"
#include "harness/run/paired_examples.h"
#include "harness/run/scoring.h"
#include "harness/run/setting_difference.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "metrics/significance/holm.h"
#include "metrics/significance/paired.h"

namespace cupel {
namespace {

/// A metric with what both runs' examples gave, in pairs.
struct Loaded {
  std::unique_ptr<metrics::Metric> metric;
  StatisticTable baseline;
  StatisticTable candidate;
};

struct Sides {
  results::Store& store;
  const results::Run& baseline;
  const results::Run& candidate;
  ExamplePairs pairs;
};

void check_runs(const results::Store& store, const results::Run& baseline,
                const results::Run& candidate) {
  for (const results::Run* run : {&baseline, &candidate}) {
    if (run->complete()) continue;
    throw Error(Code::kIncomplete,
                fmt::format("{}: run {} ({}) has {} of {} predictions", store.path().string(),
                            run->id(), run->cell.model, run->stored, run->size),
                "run its import again; it goes on where it was interrupted");
  }
  if (baseline.cell.task == candidate.cell.task) return;
  throw Error(Code::kUsage,
              fmt::format("run {} ({}) does {}, and run {} ({}) does {}", baseline.id(),
                          baseline.cell.model, baseline.cell.task, candidate.id(),
                          candidate.cell.model, candidate.cell.task),
              "compare two runs of one task; --task names it where models have several");
}

StatisticTable load_side(results::Store& store, const results::Run& run,
                         const results::Measurement& measurement, const metrics::Metric& metric,
                         const std::vector<std::uint32_t>* positions) {
  StatisticTable all = statistics_for(store, run, measurement, metric);
  return positions == nullptr ? std::move(all) : rows_at(all, *positions);
}

Loaded load(const Sides& sides, const ComparableMetric& one) {
  const auto protocol = metrics::parse_protocol(one.protocol.body, one.protocol.name);
  Loaded loaded{.metric = finishing_metric(protocol, sides.baseline.cell.task, one.baseline.metric,
                                           one.baseline.columns)};
  const bool same = sides.pairs.same;
  loaded.baseline = load_side(sides.store, sides.baseline, one.baseline, *loaded.metric,
                              same ? nullptr : &sides.pairs.baseline);
  loaded.candidate = load_side(sides.store, sides.candidate, one.candidate, *loaded.metric,
                               same ? nullptr : &sides.pairs.candidate);
  return loaded;
}

ComparedMetric begin_row(const ComparableMetric& one, const Loaded& loaded) {
  const metrics::Value baseline = loaded.metric->score(loaded.baseline);
  const metrics::Value candidate = loaded.metric->score(loaded.candidate);
  const std::string& id = one.baseline.metric;
  return {.protocol = one.protocol.name,
          .metric = id,
          .higher_is_better = metrics::metric_registry().get(id).higher_is_better,
          .baseline = baseline ? std::optional(*baseline) : std::nullopt,
          .candidate = candidate ? std::optional(*candidate) : std::nullopt,
          .baseline_n = loaded.metric->counted(loaded.baseline),
          .candidate_n = loaded.metric->counted(loaded.candidate),
          .difference = {},
          .reason = {},
          .signature = one.baseline.signature,
          .signature_long = one.baseline.signature_long};
}

void add_tests(const std::vector<Loaded>& loaded, const ComparisonOptions& options,
               std::span<ComparedMetric> rows) {
  std::vector<metrics::PairedRuns> runs;
  for (const Loaded& one : loaded)
    runs.push_back({one.metric.get(), &one.baseline, &one.candidate});
  const auto drawn = metrics::paired_bootstrap(
      runs, {.draws = options.resamples, .seed = options.seed, .confidence = options.confidence});
  const auto swapped =
      metrics::approximate_randomization(runs, {.trials = options.trials, .seed = options.seed});
  for (std::size_t m = 0; m < rows.size(); ++m) {
    if (!drawn[m] || !swapped[m]) {
      rows[m].reason = drawn[m] ? swapped[m].error() : drawn[m].error();
      continue;
    }
    const double greater = drawn[m]->greater;
    rows[m].difference =
        PairedDifference{.value = drawn[m]->difference,
                         .low = drawn[m]->low,
                         .high = drawn[m]->high,
                         .p_bootstrap = drawn[m]->p,
                         .p_randomization = swapped[m]->p,
                         .better_share = rows[m].higher_is_better ? greater : 1.0 - greater};
  }
}

/// Over the metrics that have a difference.
void adjust(std::span<ComparedMetric> rows, double PairedDifference::* p,
            double PairedDifference::* adjusted) {
  std::vector<double> all;
  for (const ComparedMetric& row : rows) {
    if (row.difference) all.push_back((*row.difference).*p);
  }
  const auto holm = metrics::holm_adjusted(all);
  auto next = holm.begin();
  for (ComparedMetric& row : rows) {
    if (row.difference) (*row.difference).*adjusted = *next++;
  }
}

void judge(ComparedMetric& row, double confidence) {
  if (!row.difference) return;
  // 1 − 0.95 is a little more than 0.05 in binary, 1 − 0.9 a little less than 0.1.
  const double limit = 1.0 - confidence + 1e-12;
  const PairedDifference& difference = *row.difference;
  if (difference.p_bootstrap_holm > limit || difference.p_randomization_holm > limit) return;
  const bool better = (difference.value > 0.0) == row.higher_is_better;
  row.verdict = better ? Verdict::kBetter : Verdict::kWorse;
}

/// All metrics of one protocol; the rows are added to `comparison`.
void compare_protocol(const Sides& sides, std::span<const ComparableMetric> metrics,
                      const std::string& moved_metric, RunComparison& comparison) {
  std::vector<Loaded> loaded;
  const std::size_t first = comparison.metrics.size();
  for (const ComparableMetric& one : metrics) {
    loaded.push_back(load(sides, one));
    comparison.metrics.push_back(begin_row(one, loaded.back()));
  }
  const std::span rows = std::span(comparison.metrics).subspan(first);
  add_tests(loaded, comparison.options, rows);
  adjust(rows, &PairedDifference::p_bootstrap, &PairedDifference::p_bootstrap_holm);
  adjust(rows, &PairedDifference::p_randomization, &PairedDifference::p_randomization_holm);
  for (ComparedMetric& row : rows) judge(row, comparison.options.confidence);

  const auto row = std::ranges::find(rows, moved_metric, &ComparedMetric::metric);
  if (!comparison.moved.metric.empty() || row == rows.end()) return;
  const Loaded& chosen = loaded[static_cast<std::size_t>(row - rows.begin())];
  comparison.moved = most_moved({*chosen.metric, chosen.baseline, chosen.candidate},
                                row->higher_is_better, comparison.options.top);
  comparison.moved.protocol = row->protocol;
  comparison.moved.metric = row->metric;
}

/// The first that was asked for and is there, or the first.
std::string metric_to_show(const std::vector<ComparableMetric>& all,
                           const std::vector<std::string>& wanted) {
  for (const std::string& metric : wanted) {
    for (const ComparableMetric& one : all) {
      if (one.baseline.metric == metric) return metric;
    }
  }
  return all.front().baseline.metric;
}

}  // namespace

StatisticTable statistics_for(results::Store& store, const results::Run& run,
                              const results::Measurement& measurement,
                              const metrics::Metric& metric) {
  if (measurement.columns != metric.statistics()) {
    throw Error(Code::kIntegrity,
                fmt::format("{}: run {}: {} has the statistics '{}', not those of this program",
                            store.path().string(), run.id(), measurement.signature,
                            fmt::join(measurement.columns, ",")),
                "compare with the version of Cupel that the signature names");
  }
  return store.statistics(run, measurement);
}

RunComparison compare_runs(results::Store& store, const results::Run& baseline,
                           const results::Run& candidate, const ComparisonOptions& options) {
  check_runs(store, baseline, candidate);
  Comparables comparables = find_comparables(store, baseline, candidate, options);
  const Sides sides{store, baseline, candidate, pair_examples(store, baseline, candidate)};
  RunComparison comparison{
      .baseline = {.id = baseline.id(), .model = baseline.cell.model, .size = baseline.size},
      .candidate = {.id = candidate.id(), .model = candidate.cell.model, .size = candidate.size},
      .task = baseline.cell.task,
      .options = options,
      .same_examples = sides.pairs.same,
      .examples = sides.pairs.size,
      .metrics = {},
      .not_comparable = std::move(comparables.differing),
      .moved = {},
      .settings = differing_settings("config", baseline.cell.config, candidate.cell.config,
                                     store.path().string())};
  const auto& all = comparables.metrics;
  const std::string moved = metric_to_show(all, options.metrics);
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first, all.end(), [&](const auto& one) {
      return one.protocol.name != first->protocol.name;
    });
    compare_protocol(sides, {first, last}, moved, comparison);
    first = last;
  }
  add_texts(store, baseline, candidate, sides.pairs, comparison.moved);
  std::ranges::move(
      differing_settings("source", baseline.source, candidate.source, store.path().string()),
      std::back_inserter(comparison.settings));
  return comparison;
}

}  // namespace cupel
