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
#include "harness/run/audit_checks.h"
#include "results/prediction_file.h"
#include "tasks/suite/embedded.h"

namespace cupel {
namespace {

constexpr double kTolerance = 1e-12;

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
    checks.push_back(audit_check(task, probe.name, score.metric, expected->second, score.value));
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
  const auto below = [](double gold) { return Expected::below(gold); };
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
  const metrics::Choices& choices = protocol.task("generation").choices;
  const auto expect = [](Expected bleu, Expected exact, Expected distance, Expected validity,
                         Expected similarity) {
    return Expectations{{"bleu", bleu},         {"exact", exact},      {"levenshtein", distance},
                        {"validity", validity}, {"maccs", similarity}, {"rdk", similarity},
                        {"morgan", similarity}};
  };
  const Expected one = Expected::exactly(1.0);
  const Expected zero = Expected::exactly(0.0);
  const Expected below = Expected::below(1.0);
  const Expected above = Expected::above(0.0);
  const Expected none_valid =
      choices.text("invalid-similarity") == "zero" ? zero : Expected::nothing();
  const Expectations nothing_valid = expect(below, zero, above, zero, none_valid);
  const Expected gold = Expected::exactly(gold_bleu(file));
  const Expected length = Expected::exactly(mean_length(file));
  const Expected share =
      Expected::exactly(1.0 / static_cast<double>(n));  // no two references are the same molecule
  const bool molecule =
      !choices.contains("invalid", "empty");  // then "" is a molecule without atoms
  const auto reference = [&](std::size_t i) { return std::string(file.rows[i % n].reference); };
  const auto input = [&](std::size_t i) { return std::string(file.rows[i].input); };
  const auto always = [](const char* text) {
    return [text](std::size_t) { return std::string(text); };
  };

  Scorer scorer(protocol, "generation", files, {.resamples = 0});
  for (const Probe& probe : {
           Probe{"gold", reference, expect(gold, one, zero, one, one)},
           Probe{"empty", always(""),
                 expect(zero, zero, length, molecule ? one : zero, molecule ? zero : none_valid)},
           Probe{"constant", [&](std::size_t) { return reference(0); },
                 expect(below, share, above, one, below)},
           Probe{"copied", input, nothing_valid},
           Probe{"shuffled", [&](std::size_t i) { return reference(i + 1); },
                 expect(below, zero, above, one, below)},
           Probe{"all-invalid", always("C1CC("), nothing_valid},
       }) {
    run_probe("generation", probe, file, scorer, checks);
  }
}

}  // namespace

AuditCheck audit_check(std::string task, std::string probe, std::string metric,
                       const Expected& expected, std::optional<double> value) {
  return {.task = std::move(task),
          .probe = std::move(probe),
          .metric = std::move(metric),
          .expected = describe(expected),
          .value = value,
          .passed = holds(expected, value)};
}

std::vector<AuditCheck> audit_metrics(const metrics::Protocol& protocol,
                                      const ScoringFiles& files) {
  std::vector<AuditCheck> checks;
  if (protocol.tasks.contains("captioning")) audit_captioning(protocol, files, checks);
  if (protocol.tasks.contains("generation")) audit_generation(protocol, files, checks);
  if (protocol.tasks.contains("retrieval")) audit_retrieval(protocol, checks);
  if (protocol.tasks.contains("choice")) audit_choice(protocol, checks);
  if (protocol.tasks.contains("property")) audit_property(protocol, checks);
  if (protocol.tasks.contains("alignment")) audit_alignment(protocol, checks);
  return checks;
}

}  // namespace cupel
