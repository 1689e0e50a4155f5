#include "harness/run/switch_effect.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "harness/run/comparison.h"
#include "harness/run/paired_examples.h"
#include "harness/run/scoring.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "metrics/significance/over_seeds.h"
#include "metrics/significance/paired.h"

namespace cupel {
namespace {

constexpr const char* kSameCells =
    "these are the reference's own cells: the switch changes nothing here";

/// A metric with the tables of all pairs, in their order.
struct Loaded {
  std::unique_ptr<metrics::Metric> metric;
  std::deque<StatisticTable> reference;  // whose elements stay where they are
  std::deque<StatisticTable> variant;
  AblationRow* row = nullptr;
};

/// The score of one table; without one the row gets the reason.
std::optional<double> score(const Loaded& loaded, const StatisticTable& table, const char* side,
                            std::optional<std::int64_t> seed) {
  const metrics::Value value = loaded.metric->score(table);
  if (value) return *value;
  loaded.row->reason = seed ? fmt::format("{}, seed {}: {}", side, *seed, value.error())
                            : fmt::format("{}: {}", side, value.error());
  return std::nullopt;
}

Loaded load(results::Store& store, const SwitchedMetric& one,
            const std::vector<std::uint32_t>& order) {
  AblationRow& row = *one.row;
  const results::Measurement& first = one.pairs.front().reference;
  const auto protocol = metrics::parse_protocol(one.protocol.body, one.protocol.name);
  Loaded loaded{.metric = finishing_metric(protocol, row.task, row.metric, first.columns),
                .row = one.row};
  row.higher_is_better = metrics::metric_registry().get(row.metric).higher_is_better;
  row.examples = order.size();
  row.signature = first.signature;
  row.signature_long = first.signature_long;
  for (const auto& [runs, reference, variant] : one.pairs) {
    loaded.reference.push_back(
        rows_at(statistics_for(store, *runs.reference, reference, *loaded.metric), order));
    loaded.variant.push_back(
        rows_at(statistics_for(store, *runs.variant, variant, *loaded.metric), order));
    const StatisticTable& left = loaded.reference.back();
    const StatisticTable& right = loaded.variant.back();
    row.seeds.push_back({.seed = runs.seed,
                         .reference_run = runs.reference->id(),
                         .variant_run = runs.variant->id(),
                         .reference = score(loaded, left, "reference", runs.seed),
                         .variant = score(loaded, right, "variant", runs.seed),
                         .reference_n = loaded.metric->counted(left),
                         .variant_n = loaded.metric->counted(right)});
  }
  const auto same = [](const AblationSeed& seed) { return seed.reference_run == seed.variant_run; };
  if (row.reason.empty() && std::ranges::all_of(row.seeds, same)) row.reason = kSameCells;
  return loaded;
}

void test_one_seed(std::span<const Loaded*> all, const ComparisonOptions& options) {
  std::vector<metrics::PairedRuns> runs;
  for (const Loaded* one : all)
    runs.push_back({one->metric.get(), &one->reference.front(), &one->variant.front()});
  const auto drawn = metrics::paired_bootstrap(
      runs, {.draws = options.resamples, .seed = options.seed, .confidence = options.confidence});
  const auto swapped =
      metrics::approximate_randomization(runs, {.trials = options.trials, .seed = options.seed});
  for (std::size_t m = 0; m < all.size(); ++m) {
    if (!drawn[m] || !swapped[m]) {
      all[m]->row->reason = drawn[m] ? swapped[m].error() : drawn[m].error();
      continue;
    }
    all[m]->row->effect = AblationEffect{.value = drawn[m]->difference,
                                         .low = drawn[m]->low,
                                         .high = drawn[m]->high,
                                         .p = std::max(drawn[m]->p, swapped[m]->p)};
  }
}

void test_seeds(std::span<const Loaded*> all, const ComparisonOptions& options) {
  std::vector<metrics::SeededRuns> runs;
  for (const Loaded* one : all) {
    metrics::SeededRuns& next = runs.emplace_back();
    next.metric = one->metric.get();
    for (const StatisticTable& table : one->reference) next.baseline.push_back(&table);
    for (const StatisticTable& table : one->variant) next.candidate.push_back(&table);
  }
  const auto found = metrics::compare_over_seeds(
      runs, {.draws = options.resamples, .seed = options.seed, .confidence = options.confidence});
  for (std::size_t m = 0; m < all.size(); ++m) {
    if (!found[m]) {
      all[m]->row->reason = found[m].error();
      continue;
    }
    all[m]->row->effect = AblationEffect{.value = found[m]->difference,
                                         .low = found[m]->low,
                                         .high = found[m]->high,
                                         .p = found[m]->p,
                                         .of_seeds = found[m]->of_seeds,
                                         .of_examples = found[m]->of_examples};
  }
}

}  // namespace

void add_effects(results::Store& store, std::span<const SwitchedMetric> metrics,
                 const std::vector<std::uint32_t>& order, const ComparisonOptions& options) {
  std::deque<Loaded> loaded;
  std::vector<const Loaded*> single;
  std::vector<const Loaded*> several;
  for (const SwitchedMetric& one : metrics) {
    const Loaded& next = loaded.emplace_back(load(store, one, order));
    if (!next.row->reason.empty()) continue;
    (one.pairs.size() == 1 ? single : several).push_back(&next);
  }
  if (!single.empty()) test_one_seed(single, options);
  if (!several.empty()) test_seeds(several, options);
}

}  // namespace cupel
