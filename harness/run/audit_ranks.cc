#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/audit_checks.h"
#include "harness/run/scoring.h"
#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/rank_text.h"

namespace cupel {
namespace {

/// Scores probes of one section, from texts as a store keeps them.
class Prober {
 public:
  Prober(const metrics::Protocol& protocol, std::string task, std::vector<AuditCheck>& checks)
      : scorer_(protocol, task, {}, {.resamples = 0}), task_(std::move(task)), checks_(checks) {}

  void check(const char* probe, const std::vector<std::string>& predictions,
             const std::vector<std::string>& references,
             const std::function<double(const std::string&)>& expected) {
    std::vector<ScoringPair> pairs;
    for (std::size_t i = 0; i < predictions.size(); ++i)
      pairs.push_back({.prediction = predictions[i], .reference = references[i]});
    for (const Score& score : scorer_.score(pairs).scores)
      checks_.push_back(audit_check(task_, probe, score.metric,
                                    Expected::exactly(expected(score.metric)), score.value));
  }

 private:
  Scorer scorer_;
  std::string task_;
  std::vector<AuditCheck>& checks_;
};

/// The number behind the @ of a metric's name.
std::size_t number_in(const std::string& metric) {
  return std::stoul(metric.substr(metric.find('@') + 1));
}

/// One score for all of n candidates, by hand, under each tie rule.
double tie_storm(const std::string& metric, metrics::TieRule rule, std::size_t n) {
  const auto candidates = static_cast<double>(n);
  const bool best = rule == metrics::TieRule::kOptimistic;
  const bool worst = rule == metrics::TieRule::kPessimistic;
  if (metric.starts_with("recall@")) {
    const std::size_t k = std::min<std::size_t>(number_in(metric), n);
    return best ? 1.0 : worst ? (k == n ? 1.0 : 0.0) : static_cast<double>(k) / candidates;
  }
  if (metric == "mrr") {
    double harmonic = 0.0;
    for (std::size_t i = 1; i <= n; ++i) harmonic += 1.0 / static_cast<double>(i);
    return best ? 1.0 : worst ? 1.0 / candidates : harmonic / candidates;
  }
  return best ? 1.0 : worst ? candidates : (candidates + 1.0) / 2.0;  // mean and median rank
}

/// Every query scores its target and all other candidates alike but for whether it is the target.
/// One rank for each number of candidates.
std::vector<std::string> rank_texts(std::size_t queries, const std::vector<std::size_t>& candidates,
                                    float target, float other) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < queries; ++i) {
    std::vector<metrics::TieRank> ranks;
    for (const std::size_t n : candidates) {
      std::vector<float> scores(n, other);
      scores[i % n] = target;
      ranks.push_back(metrics::rank_of(scores, i % n));
    }
    texts.push_back(metrics::write_ranks(ranks, {}));
  }
  return texts;
}

}  // namespace

void audit_retrieval(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  constexpr std::size_t kQueries = 60;  // more than the largest k
  const metrics::TaskProtocol& task = protocol.task("retrieval");
  const metrics::TieRule rule = metrics::tie_rule(task.choices.text("ties"));
  const std::vector<std::string> targets(kQueries);
  const double n = kQueries;
  Prober prober(protocol, "retrieval", checks);
  prober.check("gold", rank_texts(kQueries, {kQueries}, 1.0F, 0.0F), targets,
               [](const std::string&) { return 1.0; });
  prober.check("tie-storm", rank_texts(kQueries, {kQueries}, 0.5F, 0.5F), targets,
               [&](const std::string& metric) { return tie_storm(metric, rule, kQueries); });
  prober.check("inverted", rank_texts(kQueries, {kQueries}, 0.0F, 1.0F), targets,
               [&](const std::string& metric) {
                 return metric.starts_with("recall@") ? 0.0 : metric == "mrr" ? 1.0 / n : n;
               });
}

void audit_choice(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  constexpr std::size_t kRows = 70;  // a last batch that is smaller
  const metrics::TaskProtocol& task = protocol.task("choice");
  const std::string& ties = task.choices.text("ties");
  std::vector<std::size_t> candidates;
  for (const std::string& metric : task.metrics) candidates.push_back(number_in(metric));
  const std::vector<std::string> targets(kRows);
  Prober prober(protocol, "choice", checks);
  prober.check("gold", rank_texts(kRows, candidates, 1.0F, 0.0F), targets,
               [](const std::string&) { return 1.0; });
  prober.check("tie-storm", rank_texts(kRows, candidates, 0.5F, 0.5F), targets,
               [&](const std::string& metric) {
                 const double chance = 1.0 / static_cast<double>(number_in(metric));
                 return ties == "optimistic" ? 1.0 : ties == "expected" ? chance : 0.0;
               });
  prober.check("inverted", rank_texts(kRows, candidates, 0.0F, 1.0F), targets,
               [](const std::string&) { return 0.0; });
}

/// One label of 20 positives and 60 negatives.
void audit_property(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  constexpr std::size_t kRows = 80;
  constexpr std::size_t kPositives = 20;
  const double prevalence = static_cast<double>(kPositives) / kRows;
  const metrics::Choices& choices = protocol.task("property").choices;
  const bool lines = choices.has("pr-curve") && choices.text("pr-curve") == "trapezoids";
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < kRows; ++i)
    labels.push_back(metrics::write_labels(
        std::vector<std::int8_t>{i < kPositives ? std::int8_t{1} : std::int8_t{-1}}));
  Prober prober(protocol, "property", checks);
  // All positives have one logit, all negatives 0.
  const auto check = [&](const char* probe, float of_positive, double roc, double precision) {
    std::vector<std::string> logits;
    for (std::size_t i = 0; i < kRows; ++i)
      logits.push_back(
          metrics::write_logits(std::vector<float>{i < kPositives ? of_positive : 0.0F}));
    prober.check(probe, logits, labels,
                 [&](const std::string& metric) { return metric == "roc-auc" ? roc : precision; });
  };
  check("gold", 1.0F, 1.0, 1.0);
  // One point of the curve has recall 1 and the share of positives; a straight line to it starts at
  // recall 0 and precision 1.
  check("tie-storm", 0.0F, 0.5, lines ? (1.0 + prevalence) / 2.0 : prevalence);
  // The only threshold that finds a positive takes every row; the others have precision 0.
  check("inverted", -1.0F, 0.0, lines ? prevalence / 2.0 : prevalence);
}

}  // namespace cupel
