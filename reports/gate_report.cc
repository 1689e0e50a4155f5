#include "reports/gate_report.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cupel::reports {
namespace {

using For = Column::For;

Cell cell(const std::optional<double>& number) { return number ? Cell(*number) : Cell(); }
Cell cell(std::size_t count) { return static_cast<std::int64_t>(count); }
Cell cell(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

bool is_time(const GateRow& row) { return !row.subject.benchmark.empty(); }

/// Passes without a test.
bool is_identical(const GateRow& row) {
  return row.answer == GateAnswer::kPass && !row.p && row.difference == 0.0;
}

std::string what(const GateSubject& subject) {
  if (!subject.benchmark.empty()) return subject.benchmark;
  std::string text = subject.task;
  for (const std::string& part : {subject.model, subject.dataset}) {
    if (!part.empty()) text += ", " + part;
  }
  return subject.seed ? fmt::format("{}, seed {}", text, *subject.seed) : text;
}

Table rows_table() {
  return {.id = "rows",
          .title = {},
          .columns = {{.id = "what", .heading = "what", .whom = For::kPeople},
                      {.id = "task", .heading = "", .whom = For::kMachines},
                      {.id = "model", .heading = "", .whom = For::kMachines},
                      {.id = "dataset", .heading = "", .whom = For::kMachines},
                      {.id = "split", .heading = "", .whom = For::kMachines},
                      {.id = "seed", .heading = "", .whom = For::kMachines},
                      {.id = "benchmark", .heading = "", .whom = For::kMachines},
                      {.id = "protocol", .heading = "protocol"},
                      {.id = "metric", .heading = "metric"},
                      {.id = "unit", .heading = "unit"},
                      {.id = "better", .heading = "", .whom = For::kMachines},
                      {.id = "baseline_n", .heading = "n of A"},
                      {.id = "candidate_n", .heading = "n of B"},
                      {.id = "baseline_value", .heading = "A"},
                      {.id = "candidate_value", .heading = "B"},
                      {.id = "difference", .heading = "B - A"},
                      {.id = "low", .heading = "low"},
                      {.id = "high", .heading = "high"},
                      {.id = "p", .heading = "p"},
                      {.id = "p_holm", .heading = "Holm"},
                      {.id = "detectable", .heading = "could see"},
                      {.id = "tolerance", .heading = "", .whom = For::kMachines},
                      {.id = "minimum_effect", .heading = "", .whom = For::kMachines},
                      {.id = "answer", .heading = "answer"},
                      {.id = "reason", .heading = "why"},
                      {.id = "signature", .heading = "", .whom = For::kMachines}},
          .rows = {},
          .notes = {}};
}

std::vector<Cell> row_of(const GateRow& row) {
  const GateSubject& subject = row.subject;
  return {what(subject),
          cell(subject.task),
          cell(subject.model),
          cell(subject.dataset),
          cell(subject.split),
          subject.seed ? Cell(*subject.seed) : Cell(),
          cell(subject.benchmark),
          cell(subject.protocol),
          cell(subject.metric),
          cell(subject.unit),
          row.higher_is_better ? "higher" : "lower",
          row.baseline ? cell(row.baseline_n) : Cell(),
          row.candidate ? cell(row.candidate_n) : Cell(),
          cell(row.baseline),
          cell(row.candidate),
          cell(row.difference),
          cell(row.low),
          cell(row.high),
          cell(row.p),
          cell(row.p_adjusted),
          cell(row.detectable),
          row.tolerance,
          row.minimum_effect,
          name_of(row.answer),
          cell(row.reason),
          cell(row.signature)};
}

Table calibration_table(const GateResult& result) {
  Table table{.id = "calibration",
              .title = {},
              .columns = {{"kind", ""},
                          {"pairs", ""},
                          {"alarms", ""},
                          {"low", ""},
                          {"high", ""},
                          {"nominal", ""},
                          {"how", ""}},
              .rows = {},
              .notes = {}};
  for (const GateCalibration& one : result.calibrations)
    table.rows.push_back(
        {one.kind, cell(one.pairs), cell(one.alarms), one.low, one.high, one.nominal, one.how});
  return table;
}

Table answer_table(const GateResult& result) {
  return {.id = "gate",
          .title = {},
          .columns = {{"answer", ""},
                      {"status", ""},
                      {"rules", ""},
                      {"alpha", ""},
                      {"power", ""},
                      {"tests", ""},
                      {"inconclusive", ""}},
          .rows = {{name_of(result.answer), static_cast<std::int64_t>(result.status), result.rules,
                    result.alpha, result.power, cell(result.tests),
                    result.inconclusive_passes ? "pass" : "fail"}},
          .notes = {}};
}

std::string sentence_of(const GateCalibration& one) {
  if (one.pairs == 0) return fmt::format("A/A of {}: none; {}.", one.kind, one.how);
  return fmt::format(
      "A/A of {}: {} of {} pairs give a false alarm, {:.2g} % [{:.2g}, {:.2g}], nominal {:g} % "
      "({}).",
      one.kind, one.alarms, one.pairs,
      100.0 * static_cast<double>(one.alarms) / static_cast<double>(one.pairs), 100.0 * one.low,
      100.0 * one.high, 100.0 * one.nominal, one.how);
}

void add_notes(const GateResult& result, Table& table) {
  const auto any = [&](const auto& test) { return std::ranges::any_of(result.rows, test); };
  if (any([](const GateRow& row) { return row.low.has_value() && row.p; })) {
    table.notes.push_back(
        fmt::format("low, high: each alone bounds B - A with confidence {:g} %; p: one-sided, of "
                    "\"not worse\"; "
                    "Holm: adjusted over the {} tests, a regression at most {:g}.",
                    100.0 * (1.0 - result.alpha), result.tests, result.alpha));
    table.notes.push_back(
        fmt::format("could see: the smallest change for the worse that would have been called a "
                    "regression with a probability of {:g} %.",
                    100.0 * result.power));
  }
  if (any(is_time)) table.notes.emplace_back("Times: B - A is (B - A) / A; A and B are medians.");
  for (const std::string& note : result.notes) table.notes.push_back(note);
  for (const GateCalibration& one : result.calibrations) table.notes.push_back(sentence_of(one));
}

/// "12 pass, 1 regression".
std::string counts(const GateResult& result) {
  constexpr std::array kAll = {GateAnswer::kPass,       GateAnswer::kExpected,
                               GateAnswer::kNew,        GateAnswer::kInconclusive,
                               GateAnswer::kRegression, GateAnswer::kIncomplete};
  std::vector<std::string> parts;
  for (const GateAnswer answer : kAll) {
    const auto count = std::ranges::count(result.rows, answer, &GateRow::answer);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, name_of(answer)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::vector<Table> gate_tables(const GateResult& result, bool people) {
  Table rows = rows_table();
  rows.title = fmt::format("B against A, rules {}", result.rules);
  std::size_t left_out = 0;
  for (const GateRow& row : result.rows) {
    if (people && is_identical(row))
      ++left_out;
    else
      rows.rows.push_back(row_of(row));
  }
  if (left_out > 0) {
    rows.notes.push_back(fmt::format(
        "{} scores are of identical predictions: they pass, with a difference of exactly 0.",
        left_out));
  }
  add_notes(result, rows);
  if (!people) return {std::move(rows), calibration_table(result), answer_table(result)};
  rows.notes.push_back(fmt::format("{}: {} (exit status {})", name_of(result.answer),
                                   counts(result), result.status));
  return {std::move(rows)};
}

}  // namespace cupel::reports
