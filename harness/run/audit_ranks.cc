#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/statistics.h"
#include "harness/run/audit_checks.h"
#include "metrics/builtin.h"
#include "metrics/classification/pr_auc.h"
#include "metrics/classification/roc_auc.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/retrieval_metrics.h"

namespace cupel {
namespace {

std::optional<double> number_of(const metrics::Value& value) {
  return value ? std::optional(*value) : std::nullopt;
}

/// One score for all of n candidates, by hand, under each tie rule.
double tie_storm(const std::string& metric, metrics::TieRule rule, std::size_t n) {
  const auto candidates = static_cast<double>(n);
  const bool best = rule == metrics::TieRule::kOptimistic;
  const bool worst = rule == metrics::TieRule::kPessimistic;
  if (metric.starts_with("recall@")) {
    const std::size_t k = std::min<std::size_t>(std::stoul(metric.substr(7)), n);
    return best ? 1.0 : worst ? (k == n ? 1.0 : 0.0) : static_cast<double>(k) / candidates;
  }
  if (metric == "mrr") {
    double harmonic = 0.0;
    for (std::size_t i = 1; i <= n; ++i) harmonic += 1.0 / static_cast<double>(i);
    return best ? 1.0 : worst ? 1.0 / candidates : harmonic / candidates;
  }
  return best ? 1.0 : worst ? candidates : (candidates + 1.0) / 2.0;  // mean and median rank
}

}  // namespace

void audit_retrieval(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  constexpr std::size_t kQueries = 60;  // more than the largest k
  const metrics::TaskProtocol& task = protocol.task("retrieval");
  const metrics::TieRule rule = metrics::tie_rule(task.choices.text("ties"));
  // Every query scores its target and all other candidates alike but for whether it is the target.
  const auto ranks = [](float target, float other) {
    std::vector<metrics::TieRank> all;
    for (std::size_t i = 0; i < kQueries; ++i) {
      std::vector<float> scores(kQueries, other);
      scores[i] = target;
      all.push_back(metrics::rank_of(scores, i));
    }
    return all;
  };
  const double n = kQueries;
  for (const std::string& id : task.metrics) {
    const auto metric = metrics::metric_registry().get(id).make_rank_metric(task.choices);
    const auto check = [&](const char* probe, const std::vector<metrics::TieRank>& queries,
                           double expected) {
      checks.push_back(
          audit_check("retrieval", probe, id, Expected::exactly(expected),
                      number_of(metric->score(metrics::measure_ranks(*metric, queries)))));
    };
    check("gold", ranks(1.0F, 0.0F), 1.0);
    check("tie-storm", ranks(0.5F, 0.5F), tie_storm(id, rule, kQueries));
    check("inverted", ranks(0.0F, 1.0F),
          id.starts_with("recall@") ? 0.0
          : id == "mrr"             ? 1.0 / n
                                    : n);
  }
}

/// One task of 20 positives and 60 negatives; no protocol has a say here.
void audit_property(std::vector<AuditCheck>& checks) {
  constexpr std::size_t kRows = 80;
  constexpr std::size_t kPositives = 20;
  const metrics::RocAuc roc({""});
  const metrics::AveragePrecision precision({""});
  // All positives have one logit, all negatives 0.
  const auto check = [&](const char* probe, double of_positive, const metrics::LabelMetric& metric,
                         const char* id, double expected) {
    StatisticTable rows(kRows, 2);
    for (std::size_t i = 0; i < kRows; ++i) {
      const double label = i < kPositives ? 1.0 : -1.0;
      const double logit = i < kPositives ? of_positive : 0.0;
      metric.measure({&label, 1}, {&logit, 1}, rows.row(i));
    }
    checks.push_back(audit_check("property", probe, id, Expected::exactly(expected),
                                 number_of(metric.score(rows))));
  };
  const double prevalence = static_cast<double>(kPositives) / kRows;
  check("gold", 1.0, roc, "roc-auc", 1.0);
  check("tie-storm", 0.0, roc, "roc-auc", 0.5);
  check("inverted", -1.0, roc, "roc-auc", 0.0);
  check("gold", 1.0, precision, "pr-auc", 1.0);
  check("tie-storm", 0.0, precision, "pr-auc", prevalence);
  check("inverted", -1.0, precision, "pr-auc",
        prevalence);  // the only threshold that finds a positive takes every row
}

}  // namespace cupel
