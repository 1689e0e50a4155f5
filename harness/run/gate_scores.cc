#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "harness/run/comparison.h"
#include "harness/run/gate_evidence.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {
namespace {

bool identical(const GatedScore& score) {
  return score.baseline.predictions == score.candidate.predictions &&
         score.baseline_score.score == score.candidate_score.score;
}

bool same_cell(const GatedScore& one, const GatedScore& other) {
  return one.baseline_store == other.baseline_store &&
         one.baseline.digest == other.baseline.digest &&
         one.candidate.digest == other.candidate.digest;
}

/// A metric with what both runs' examples gave, in pairs.
struct Loaded {
  std::unique_ptr<metrics::Metric> metric;
  StatisticTable baseline;
  StatisticTable candidate;
};

Loaded load(const GatedScore& score) {
  const auto protocol = metrics::parse_protocol(score.protocol.body, score.protocol.name);
  Loaded loaded{.metric =
                    finishing_metric(protocol, score.baseline.cell.task,
                                     score.baseline_score.metric, score.baseline_score.columns)};
  loaded.baseline =
      statistics_for(*score.baseline_store, score.baseline, score.baseline_score, *loaded.metric);
  loaded.candidate = statistics_for(*score.candidate_store, score.candidate, score.candidate_score,
                                    *loaded.metric);
  return loaded;
}

/// With the numbers that a table shows: B − A, whatever is better.
void show(const metrics::Evidence& evidence, GateRow& row) {
  const double sign = row.higher_is_better ? 1.0 : -1.0;
  row.difference = sign * evidence.change;
  row.low = row.higher_is_better ? evidence.low : -evidence.high;
  row.high = row.higher_is_better ? evidence.high : -evidence.low;
  row.p = evidence.p;
}

/// Neighbours of one cell that are not identical.
void test_cell(std::span<GateTest*> tests, std::span<const GatedScore* const> scores,
               const metrics::EvidenceOptions& options) {
  std::vector<Loaded> loaded;
  for (const GatedScore* score : scores) loaded.push_back(load(*score));
  std::vector<metrics::OrientedRuns> runs;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    const Loaded& one = loaded[i];
    runs.push_back({.runs = {one.metric.get(), &one.baseline, &one.candidate},
                    .higher_is_better = tests[i]->row.higher_is_better});
  }
  auto found = metrics::paired_evidence(runs, options);
  for (std::size_t i = 0; i < found.size(); ++i) {
    GateTest& test = *tests[i];
    if (!found[i]) {
      test.row.answer = GateAnswer::kInconclusive;
      test.row.reason = found[i].error();
      continue;
    }
    test.evidence = found[i]->evidence;
    test.alike = std::move(found[i]->alike);
    show(*test.evidence, test.row);
  }
}

GateTest begin(const GatedScore& score) {
  GateTest test{.row = score.row, .limits = score.limits, .expected = score.expected};
  test.row.tolerance = score.limits.tolerance;
  test.row.minimum_effect = score.limits.minimum_effect;
  if (identical(score)) {
    test.row.difference = test.row.low = test.row.high = 0.0;
    test.row.reason = "identical predictions";
  }
  return test;
}

}  // namespace

std::vector<GateTest> test_scores(const std::vector<GatedScore>& scores, const GateRules& rules) {
  std::vector<GateTest> tests;
  for (const GatedScore& score : scores) tests.push_back(begin(score));
  const auto open =
      scores.size() - static_cast<std::size_t>(std::ranges::count_if(scores, identical));
  metrics::EvidenceOptions options{
      .alpha = rules.alpha, .alike = rules.calibration ? kAlike : 0, .seed = rules.seed};
  // So many that the smallest p, times the number of tests, stays below alpha.
  options.trials =
      std::max(options.trials,
               static_cast<std::size_t>(std::ceil(2.0 * static_cast<double>(open) / rules.alpha)));
  for (std::size_t first = 0; first < scores.size();) {
    std::vector<GateTest*> some;
    std::vector<const GatedScore*> of;
    std::size_t end = first;
    for (; end < scores.size() && same_cell(scores[first], scores[end]); ++end) {
      if (identical(scores[end])) continue;
      some.push_back(&tests[end]);
      of.push_back(&scores[end]);
    }
    if (!some.empty()) test_cell(some, of, options);
    options.seed += 2;  // cells are different by chances of their own; a cell takes two streams
    first = end;
  }
  return tests;
}

}  // namespace cupel
