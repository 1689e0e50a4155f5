#include "reports/comparison_report.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/utf8.h"

namespace cupel::reports {
namespace {

using For = Column::For;

constexpr std::size_t kShownCharacters = 60;

Cell cell(const std::optional<double>& number) { return number ? Cell(*number) : Cell(); }
Cell cell(const std::optional<std::string>& text) { return text ? Cell(*text) : Cell(); }
Cell cell(std::size_t count) { return static_cast<std::int64_t>(count); }

Cell beginning(const std::optional<std::string>& text) {
  return text ? Cell(shortened(*text)) : Cell();
}

/// One text in two columns: whole for machines, short for people.
void add_text_columns(std::vector<Column>& columns, const std::string& id,
                      const std::string& heading) {
  columns.push_back({.id = id, .heading = heading, .whom = For::kMachines});
  columns.push_back({.id = id, .heading = heading, .whom = For::kPeople});
}

std::string named(const ComparedRun& run) {
  return fmt::format("{} ({})", run.id, printable(run.model));
}

Table metrics_table() {
  return {.id = "metrics",
          .title = {},
          .columns = {{.id = "baseline", .heading = "", .whom = For::kMachines},
                      {.id = "candidate", .heading = "", .whom = For::kMachines},
                      {.id = "task", .heading = "", .whom = For::kMachines},
                      {.id = "examples", .heading = "", .whom = For::kMachines},
                      {.id = "protocol", .heading = "protocol"},
                      {.id = "metric", .heading = "metric"},
                      {.id = "better", .heading = "better is"},
                      {.id = "baseline_value", .heading = "A"},
                      {.id = "candidate_value", .heading = "B"},
                      {.id = "difference", .heading = "B - A"},
                      {.id = "low", .heading = "low"},
                      {.id = "high", .heading = "high"},
                      {.id = "p_bootstrap", .heading = "p boot"},
                      {.id = "p_bootstrap_holm", .heading = "Holm"},
                      {.id = "p_randomization", .heading = "p rand"},
                      {.id = "p_randomization_holm", .heading = "Holm"},
                      {.id = "better_share", .heading = "B better"},
                      {.id = "baseline_n", .heading = "n of A"},
                      {.id = "candidate_n", .heading = "n of B"},
                      {.id = "verdict", .heading = "B is"},
                      {.id = "reason", .heading = "", .whom = For::kMachines},
                      {.id = "confidence", .heading = "", .whom = For::kMachines},
                      {.id = "resamples", .heading = "", .whom = For::kMachines},
                      {.id = "trials", .heading = "", .whom = For::kMachines},
                      {.id = "seed", .heading = "", .whom = For::kMachines},
                      {.id = "signature", .heading = "", .whom = For::kMachines},
                      {.id = "signature_long", .heading = "", .whom = For::kMachines}},
          .rows = {},
          .notes = {}};
}

std::vector<Cell> metric_row(const RunComparison& comparison, const ComparedMetric& metric) {
  const auto part = [&](double PairedDifference::* member) {
    return metric.difference ? Cell((*metric.difference).*member) : Cell();
  };
  const auto& options = comparison.options;
  return {comparison.baseline.id,
          comparison.candidate.id,
          comparison.task,
          cell(comparison.examples),
          metric.protocol,
          metric.metric,
          metric.higher_is_better ? "higher" : "lower",
          cell(metric.baseline),
          cell(metric.candidate),
          part(&PairedDifference::value),
          part(&PairedDifference::low),
          part(&PairedDifference::high),
          part(&PairedDifference::p_bootstrap),
          part(&PairedDifference::p_bootstrap_holm),
          part(&PairedDifference::p_randomization),
          part(&PairedDifference::p_randomization_holm),
          part(&PairedDifference::better_share),
          cell(metric.baseline_n),
          cell(metric.candidate_n),
          metric.difference ? Cell(verdict_name(metric.verdict)) : Cell(),
          metric.reason.empty() ? Cell() : Cell(metric.reason),
          options.confidence,
          cell(options.resamples),
          cell(options.trials),
          cell(options.seed),
          metric.signature,
          metric.signature_long};
}

std::size_t metrics_under(const RunComparison& comparison, const std::string& protocol) {
  return static_cast<std::size_t>(std::ranges::count_if(comparison.metrics, [&](const auto& row) {
    return row.protocol == protocol && row.difference.has_value();
  }));
}

/// The smallest p that the draws can show is (1 + 0) / (1 + draws), times the number of tests.
void note_too_few_draws(const RunComparison& comparison, Table& table) {
  std::size_t most = 0;
  for (const ComparedMetric& metric : comparison.metrics)
    most = std::max(most, metrics_under(comparison, metric.protocol));
  const std::size_t draws = std::min(comparison.options.resamples, comparison.options.trials);
  const double smallest = static_cast<double>(most) / static_cast<double>(draws + 1);
  if (smallest <= 1.0 - comparison.options.confidence) return;
  table.notes.push_back(
      fmt::format("{} draws cannot show a clear difference of {} metrics: the smallest adjusted p "
                  "that they can give is {:.2g}.",
                  draws, most, smallest));
}

void add_notes(const RunComparison& comparison, Table& table) {
  const auto& options = comparison.options;
  if (!comparison.same_examples) {
    table.notes.push_back(
        fmt::format("The runs have different examples. All values are over the {} that both have: "
                    "{} of {} of A, {} of {} of B; stored scores over all examples differ.",
                    comparison.examples, comparison.examples, comparison.baseline.size,
                    comparison.examples, comparison.candidate.size));
  }
  for (const std::string& sentence : comparison.not_comparable) table.notes.push_back(sentence);
  table.notes.push_back(fmt::format(
      "low, high: {:.6g} % percentile interval of B - A, paired bootstrap, {} draws, seed {}.",
      100.0 * options.confidence, options.resamples, options.seed));
  table.notes.push_back(
      fmt::format("p boot, p rand: two-sided, paired bootstrap and approximate randomization with "
                  "{} trials; Holm: adjusted over the shown metrics of one protocol.",
                  options.trials));
  table.notes.push_back(
      fmt::format("B is better or worse where both adjusted p are at most {:.4g}; B better: the "
                  "share of draws in which it is, ties half.",
                  1.0 - options.confidence));
  note_too_few_draws(comparison, table);
  for (const ComparedMetric& metric : comparison.metrics) {
    if (!metric.reason.empty())
      table.notes.push_back(
          fmt::format("{} under {}: {}", metric.metric, metric.protocol, metric.reason));
  }
  for (const ComparedMetric& metric : comparison.metrics) table.notes.push_back(metric.signature);
}

Table examples_table(const MovedExamples& moved) {
  Table table{
      .id = "examples",
      .title = fmt::format("Examples that moved most, {} under {}", moved.metric, moved.protocol),
      .columns = {{.id = "protocol", .heading = "", .whom = For::kMachines},
                  {.id = "metric", .heading = "", .whom = For::kMachines},
                  {.id = "change", .heading = "B is"},
                  {.id = "position", .heading = "position"},
                  {.id = "candidate_position", .heading = "", .whom = For::kMachines},
                  {.id = "baseline_value", .heading = "A"},
                  {.id = "candidate_value", .heading = "B"},
                  {.id = "difference", .heading = "B - A"}},
      .rows = {},
      .notes = {}};
  add_text_columns(table.columns, "input", "input");
  add_text_columns(table.columns, "reference", "reference");
  add_text_columns(table.columns, "baseline_prediction", "prediction of A");
  add_text_columns(table.columns, "candidate_prediction", "prediction of B");
  for (const MovedExample& one : moved.examples) {
    std::vector<Cell> row = {moved.protocol,
                             moved.metric,
                             one.better ? "better" : "worse",
                             cell(one.position),
                             cell(one.candidate_position),
                             one.baseline,
                             one.candidate,
                             one.candidate - one.baseline};
    for (const std::string* text :
         {&one.input, &one.reference, &one.baseline_prediction, &one.candidate_prediction}) {
      row.emplace_back(*text);
      row.emplace_back(shortened(*text));
    }
    table.rows.push_back(std::move(row));
  }
  table.notes.emplace_back(
      "A and B are the metric's value of the one example; positions count from 0.");
  if (moved.unranked > 0) {
    table.notes.push_back(fmt::format(
        "{} examples are not ranked: a run has no value of its own on them.", moved.unranked));
  }
  return table;
}

Table settings_table(const std::vector<SettingDifference>& settings) {
  Table table{.id = "settings",
              .title = "Settings that differ",
              .columns = {{.id = "part", .heading = "of"}, {.id = "key", .heading = "key"}},
              .rows = {},
              .notes = {}};
  add_text_columns(table.columns, "baseline", "A");
  add_text_columns(table.columns, "candidate", "B");
  for (const SettingDifference& one : settings) {
    table.rows.push_back({one.part, one.key, cell(one.baseline), beginning(one.baseline),
                          cell(one.candidate), beginning(one.candidate)});
  }
  return table;
}

}  // namespace

std::string shortened(const std::string& text) {
  if (count_code_points(text) <= kShownCharacters) return text;
  std::size_t end = 0;
  for (std::size_t i = 1; i < kShownCharacters; ++i) end += utf8_length(text[end]);
  return text.substr(0, end) + "…";
}

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kUnclear:
      break;
  }
  return "no clear difference";
}

std::vector<Table> comparison_tables(const RunComparison& comparison) {
  Table metrics = metrics_table();
  metrics.title = fmt::format("B = {} against A = {}: {}, {} examples", named(comparison.candidate),
                              named(comparison.baseline), comparison.task, comparison.examples);
  for (const ComparedMetric& metric : comparison.metrics)
    metrics.rows.push_back(metric_row(comparison, metric));
  add_notes(comparison, metrics);
  return {std::move(metrics), examples_table(comparison.moved),
          settings_table(comparison.settings)};
}

}  // namespace cupel::reports
