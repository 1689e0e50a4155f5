#include "harness/run/audit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "metrics/builtin.h"
#include "metrics/classification/pr_auc.h"
#include "metrics/classification/roc_auc.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/retrieval_metrics.h"
#include "results/prediction_file.h"
#include "tasks/suite/embedded.h"

namespace cupel {
namespace {

constexpr double kTolerance = 1e-12;

/// What a probe must give.
struct Expected {
  enum class Kind : std::uint8_t { kExactly, kBelowGold, kAboveGold, kNothing };
  Kind kind = Kind::kExactly;
  double number = 0.0;

  static Expected exactly(double number) { return {.kind = Kind::kExactly, .number = number}; }
  static Expected nothing() { return {.kind = Kind::kNothing, .number = 0.0}; }
};

std::string describe(const Expected& expected) {
  switch (expected.kind) {
    case Expected::Kind::kExactly:
      return fmt::format("= {:.6g}", expected.number);
    case Expected::Kind::kBelowGold:
      return fmt::format("in [0, {:.6g})", expected.number);
    case Expected::Kind::kAboveGold:
      return fmt::format("> {:.6g}", expected.number);
    case Expected::Kind::kNothing:
      return "no value";
  }
  return "";
}

bool holds(const Expected& expected, const std::optional<double>& value) {
  if (!value) return expected.kind == Expected::Kind::kNothing;
  switch (expected.kind) {
    case Expected::Kind::kExactly:
      return std::abs(*value - expected.number) <= kTolerance;
    case Expected::Kind::kBelowGold:
      return *value >= 0.0 && *value < expected.number;
    case Expected::Kind::kAboveGold:
      return *value > expected.number;
    case Expected::Kind::kNothing:
      return false;
  }
  return false;
}

using Expectations = std::map<std::string, Expected>;

struct Probe {
  std::string name;
  std::function<std::string(std::size_t)> prediction;  ///< of row i
  Expectations expected;                               ///< by metric
};

results::PredictionFile bundled(const std::string& task) {
  for (const auto& [name, bytes] : tasks::embedded_suite()) {
    if (name == task + ".tsv")
      return results::parse_prediction_file(std::string(bytes), std::string(name), task);
  }
  throw Error(Code::kCapability, "no bundled examples for " + task);
}

void run_probe(const std::string& task, const Probe& probe, const results::PredictionFile& file,
               Scorer& scorer, std::vector<AuditCheck>& checks) {
  std::vector<std::string> predictions;
  for (std::size_t i = 0; i < file.rows.size(); ++i) predictions.push_back(probe.prediction(i));
  std::vector<ScoringPair> pairs;
  for (std::size_t i = 0; i < file.rows.size(); ++i) {
    pairs.push_back({.prediction = predictions[i], .reference = file.rows[i].reference});
  }
  for (const Score& score : scorer.score(pairs).scores) {
    const auto expected = probe.expected.find(score.metric);
    if (expected == probe.expected.end()) continue;
    checks.push_back({.task = task,
                      .probe = probe.name,
                      .metric = score.metric,
                      .expected = describe(expected->second),
                      .value = score.value,
                      .passed = holds(expected->second, score.value)});
  }
}

/// METEOR of identical texts: one chunk of m tokens gives 1 - 0.5 / m^3 (spec of NLTK's penalty),
/// computed here from the token counts that BLEU reports.
double gold_meteor(const results::PredictionFile& file, Scorer& scorer) {
  std::vector<ScoringPair> pairs;
  for (const auto& row : file.rows)
    pairs.push_back({.prediction = row.reference, .reference = row.reference});
  const ScoredPairs scored = scorer.score(pairs);
  const auto& bleu = *std::ranges::find(scored.statistics, "bleu-2", &MetricStatistics::metric);
  const auto column = static_cast<std::size_t>(std::ranges::find(bleu.columns, "reference-length") -
                                               bleu.columns.begin());
  double sum = 0.0;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    sum += 1.0 - 0.5 / std::pow(bleu.table.row(i)[column], 3);
  return sum / static_cast<double>(pairs.size());
}

void audit_captioning(const metrics::Protocol& protocol, const ScoringFiles& files,
                      std::vector<AuditCheck>& checks) {
  const auto file = bundled("captioning");
  const std::size_t n = file.rows.size();
  Scorer scorer(protocol, "captioning", files, {.resamples = 0});
  const auto& metrics = protocol.task("captioning").metrics;
  const double meteor = gold_meteor(file, scorer);
  const auto all = [&](const std::function<Expected(double)>& expect) {
    Expectations expected;
    for (const std::string& metric : metrics)
      expected[metric] = expect(metric == "meteor" ? meteor : 1.0);
    return expected;
  };
  const auto reference = [&](std::size_t i) { return std::string(file.rows[i % n].reference); };
  const auto below = [](double gold) {
    return Expected{.kind = Expected::Kind::kBelowGold, .number = gold};
  };
  for (const Probe& probe : {
           Probe{"gold", reference, all(Expected::exactly)},
           Probe{"empty", [](std::size_t) { return std::string(); },
                 all([](double) { return Expected::exactly(0.0); })},
           Probe{"constant", [&](std::size_t) { return reference(0); }, all(below)},
           Probe{"copied", [&](std::size_t i) { return std::string(file.rows[i].input); },
                 all(below)},
           Probe{"shuffled", [&](std::size_t i) { return reference(i + 1); }, all(below)},
       }) {
    run_probe("captioning", probe, file, scorer, checks);
  }
}

/// BLEU of the references against themselves. NLTK counts at least one n-gram a row, so a molecule
/// of fewer than four characters takes a little away.
double gold_bleu(const results::PredictionFile& file) {
  double log_sum = 0.0;
  for (std::size_t order = 1; order <= 4; ++order) {
    double matches = 0.0;
    double total = 0.0;
    for (const auto& row : file.rows) {
      const std::size_t length = count_code_points(row.reference);
      const double grams = length >= order ? static_cast<double>(length - order + 1) : 0.0;
      matches += grams;
      total += std::max(1.0, grams);
    }
    log_sum += 0.25 * std::log(matches / total);
  }
  return std::exp(log_sum);
}

double mean_length(const results::PredictionFile& file) {
  std::size_t sum = 0;
  for (const auto& row : file.rows) sum += count_code_points(row.reference);
  return static_cast<double>(sum) / static_cast<double>(file.rows.size());
}

void audit_generation(const metrics::Protocol& protocol, const ScoringFiles& files,
                      std::vector<AuditCheck>& checks) {
  const auto file = bundled("generation");
  const std::size_t n = file.rows.size();
  Scorer scorer(protocol, "generation", files, {.resamples = 0});
  const metrics::Choices& choices = protocol.task("generation").choices;
  const Expected one = Expected::exactly(1.0);
  const Expected zero = Expected::exactly(0.0);
  const Expected below{.kind = Expected::Kind::kBelowGold, .number = 1.0};
  const Expected above{.kind = Expected::Kind::kAboveGold, .number = 0.0};
  const Expected none_valid =
      choices.text("invalid-similarity") == "zero" ? zero : Expected::nothing();
  const bool empty_counts =
      !choices.contains("invalid", "empty");  // an empty string is then a molecule without atoms
  const Expected of_empty = empty_counts ? zero : none_valid;
  const auto reference = [&](std::size_t i) { return std::string(file.rows[i % n].reference); };
  const Expectations nothing_valid = {
      {"bleu", below},       {"exact", zero},     {"levenshtein", above}, {"validity", zero},
      {"maccs", none_valid}, {"rdk", none_valid}, {"morgan", none_valid}};
  for (const Probe& probe : {
           Probe{"gold",
                 reference,
                 {{"bleu", Expected::exactly(gold_bleu(file))},
                  {"exact", one},
                  {"levenshtein", zero},
                  {"validity", one},
                  {"maccs", one},
                  {"rdk", one},
                  {"morgan", one}}},
           Probe{"empty",
                 [](std::size_t) { return std::string(); },
                 {{"bleu", zero},
                  {"exact", zero},
                  {"levenshtein", Expected::exactly(mean_length(file))},
                  {"validity", empty_counts ? one : zero},
                  {"maccs", of_empty},
                  {"rdk", of_empty},
                  {"morgan", of_empty}}},
           Probe{"constant",
                 [&](std::size_t) {
                   return reference(0);
                 },  // no two references are the same molecule
                 {{"bleu", below},
                  {"exact", Expected::exactly(1.0 / static_cast<double>(n))},
                  {"levenshtein", above},
                  {"validity", one},
                  {"maccs", below},
                  {"rdk", below},
                  {"morgan", below}}},
           Probe{"copied", [&](std::size_t i) { return std::string(file.rows[i].input); },
                 nothing_valid},
           Probe{"shuffled",
                 [&](std::size_t i) { return reference(i + 1); },
                 {{"bleu", below},
                  {"exact", zero},
                  {"levenshtein", above},
                  {"validity", one},
                  {"maccs", below},
                  {"rdk", below},
                  {"morgan", below}}},
           Probe{"all-invalid", [](std::size_t) { return std::string("C1CC("); }, nothing_valid},
       }) {
    run_probe("generation", probe, file, scorer, checks);
  }
}

/// One score for all of n candidates, by hand, under each tie rule.
double tie_storm(const std::string& metric, metrics::TieRule rule, double n) {
  const bool best = rule == metrics::TieRule::kOptimistic;
  const bool worst = rule == metrics::TieRule::kPessimistic;
  if (metric.starts_with("recall@")) {
    const double k = std::min(std::stod(metric.substr(7)), n);
    return best ? 1.0 : worst ? (k >= n ? 1.0 : 0.0) : k / n;
  }
  if (metric == "mrr") {
    double harmonic = 0.0;
    for (double i = 1.0; i <= n; i += 1.0) harmonic += 1.0 / i;
    return best ? 1.0 : worst ? 1.0 / n : harmonic / n;
  }
  return best ? 1.0 : worst ? n : (n + 1.0) / 2.0;  // mean and median rank
}

void audit_retrieval(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks) {
  constexpr std::size_t kQueries = 60;  // more than the largest k
  const metrics::TaskProtocol& task = protocol.task("retrieval");
  const metrics::TieRule rule = metrics::tie_rule(task.choices.text("ties"));
  const auto ranks = [&](const std::function<float(bool)>& score) {
    std::vector<metrics::TieRank> all;
    for (std::size_t i = 0; i < kQueries; ++i) {
      std::vector<float> scores;
      for (std::size_t j = 0; j < kQueries; ++j) scores.push_back(score(i == j));
      all.push_back(metrics::rank_of(scores, i));
    }
    return all;
  };
  const auto gold = ranks([](bool target) { return target ? 1.0F : 0.0F; });
  const auto tied = ranks([](bool) { return 0.5F; });
  const auto last = ranks([](bool target) { return target ? 0.0F : 1.0F; });
  for (const std::string& id : task.metrics) {
    const auto metric = metrics::metric_registry().get(id).make_rank_metric(task.choices);
    const bool share = id.starts_with("recall@");
    const double n = kQueries;
    const std::pair<const char*, std::pair<const std::vector<metrics::TieRank>*, Expected>>
        probes[] = {
            {"gold", {&gold, Expected::exactly(1.0)}},
            {"tie-storm", {&tied, Expected::exactly(tie_storm(id, rule, n))}},
            {"inverted",
             {&last, Expected::exactly(share         ? 0.0
                                       : id == "mrr" ? 1.0 / n
                                                     : n)}},
        };
    for (const auto& [name, probe] : probes) {
      const metrics::Value value = metric->score(metrics::measure_ranks(*metric, *probe.first));
      const std::optional<double> number = value ? std::optional(*value) : std::nullopt;
      checks.push_back({.task = "retrieval",
                        .probe = name,
                        .metric = id,
                        .expected = describe(probe.second),
                        .value = number,
                        .passed = holds(probe.second, number)});
    }
  }
}

/// One task of 20 positives and 60 negatives; no protocol has a say here.
void audit_property(std::vector<AuditCheck>& checks) {
  constexpr std::size_t kRows = 80;
  constexpr std::size_t kPositives = 20;
  const double prevalence = static_cast<double>(kPositives) / kRows;
  const metrics::RocAuc roc({""});
  const metrics::AveragePrecision precision({""});
  const auto check = [&](const char* probe, double of_positive, const metrics::LabelMetric& metric,
                         const char* id, double expected) {
    StatisticTable rows(kRows, 2);
    for (std::size_t i = 0; i < kRows; ++i) {
      const double label = i < kPositives ? 1.0 : -1.0;
      const double logit = i < kPositives ? of_positive : 0.0;
      metric.measure({&label, 1}, {&logit, 1}, rows.row(i));
    }
    const metrics::Value value = metric.score(rows);
    const std::optional<double> number = value ? std::optional(*value) : std::nullopt;
    checks.push_back({.task = "property",
                      .probe = probe,
                      .metric = id,
                      .expected = describe(Expected::exactly(expected)),
                      .value = number,
                      .passed = holds(Expected::exactly(expected), number)});
  };
  check("gold", 1.0, roc, "roc-auc", 1.0);
  check("tie-storm", 0.0, roc, "roc-auc", 0.5);
  check("inverted", -1.0, roc, "roc-auc", 0.0);
  check("gold", 1.0, precision, "pr-auc", 1.0);
  check("tie-storm", 0.0, precision, "pr-auc", prevalence);
  check("inverted", -1.0, precision, "pr-auc", prevalence);
}

}  // namespace

std::vector<AuditCheck> audit_metrics(const metrics::Protocol& protocol,
                                      const ScoringFiles& files) {
  std::vector<AuditCheck> checks;
  if (protocol.tasks.contains("captioning")) audit_captioning(protocol, files, checks);
  if (protocol.tasks.contains("generation")) audit_generation(protocol, files, checks);
  if (protocol.tasks.contains("retrieval")) audit_retrieval(protocol, checks);
  audit_property(checks);
  return checks;
}

}  // namespace cupel
