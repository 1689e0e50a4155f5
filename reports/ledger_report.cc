#include "reports/ledger_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/utf8.h"

namespace cupel::reports {
namespace {

using results::PublishedCell;
using Key = std::vector<std::string>;

constexpr std::size_t kTerminal = 120;  // columns

double in_unit(double value, const PublishedCell& cell) {
  return cell.unit == "percent" ? value * 100 : value;
}

Cell number(const std::optional<double>& value, const PublishedCell& cell) {
  return value ? Cell(in_unit(*value, cell)) : Cell();
}

Cell text(const std::string& words) { return words.empty() ? Cell() : Cell(words); }

std::optional<double> value_of(const LedgerRow& row) {
  return row.computed ? row.computed->value : std::nullopt;
}

std::optional<double> difference(const LedgerRow& row) {
  const auto value = value_of(row);
  if (!value || row.published.value.empty()) return std::nullopt;
  return in_unit(*value, row.published) - std::stod(row.published.value);
}

/// Decimals of the printed value; four where it is not known.
std::size_t decimals(const PublishedCell& cell) {
  if (cell.value.empty()) return 4;
  const std::size_t point = cell.value.find('.');
  return point == std::string::npos ? 0 : cell.value.size() - point - 1;
}

/// Notes that are said once and then called by their number.
class NumberedNotes {
 public:
  void call(const std::string& note) {
    if (note.empty()) return;
    const auto at = std::ranges::find(notes_, note);
    numbers_.push_back(fmt::format("{}", at - notes_.begin() + 1));
    if (at == notes_.end()) notes_.push_back(note);
  }
  /// The numbers called since the last time.
  std::string numbers() { return fmt::format("{}", fmt::join(std::exchange(numbers_, {}), ",")); }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < notes_.size(); ++i)
      lines.push_back(fmt::format("{}. {}", i + 1, notes_[i]));
    return lines;
  }

 private:
  std::vector<std::string> notes_;
  std::vector<std::string> numbers_;
};

/// "[0.583, 0.593]" in the published unit, or nothing.
std::string interval(const ComputedCell& score, const PublishedCell& cell) {
  if (!score.value || !score.low || !score.high) return "";
  const std::size_t digits = decimals(cell);
  return fmt::format("[{:.{}f}, {:.{}f}]", in_unit(*score.low, cell), digits,
                     in_unit(*score.high, cell), digits);
}

std::vector<Cell> page_row(const LedgerRow& row, NumberedNotes& notes) {
  const PublishedCell& cell = row.published;
  const ComputedCell score = row.computed.value_or(ComputedCell{});
  const auto change = difference(row);
  const std::size_t digits = decimals(cell) + 1;
  if (score.value)
    notes.call(fmt::format("run {}, {}", score.run,
                           score.signature.empty() ? score.protocol : score.signature));
  for (const std::string* note : {&row.reason, &cell.note, &cell.source}) notes.call(*note);
  const std::string mark = cell.confidence == "low" && !cell.value.empty() ? " (low)" : "";
  return {cell.model,
          cell.metric,
          text(cell.value),
          score.value ? Cell(fmt::format("{:.{}f}", in_unit(*score.value, cell), digits)) : Cell(),
          text(interval(score, cell)),
          change ? Cell(fmt::format("{:+.{}f}", *change, digits)) : Cell(),
          score.value ? Cell(static_cast<std::int64_t>(score.n)) : Cell(),
          std::string(status_name(row.status)) + mark,
          notes.numbers()};
}

Key page_of(const PublishedCell& cell) {
  return {cell.paper, cell.table, cell.task, cell.dataset, cell.split};
}

Key cell_key(const PublishedCell& cell) {
  return {cell.paper, cell.table, cell.task, cell.dataset, cell.split, cell.model, cell.metric};
}

std::string page_title(const PublishedCell& cell) {
  return fmt::format("{}, {}: {} on {}, split {}", cell.name, cell.table, cell.task, cell.dataset,
                     cell.split);
}

/// A note broken into lines of at most `width` columns at its spaces; a word may be longer.
std::vector<std::string> wrapped(const std::string& note, std::size_t width) {
  std::vector<std::string> lines = {""};
  std::istringstream words(note);
  for (std::string word; words >> word;) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (count_code_points(line) + 1 + count_code_points(word) <= width) {
      line += " " + word;
    } else {
      lines.push_back("   " + word);
    }
  }
  return lines;
}

/// Worst first; what was not compared last.
constexpr std::array kWorstFirst = {Status::kDiffers,        Status::kExplained,
                                    Status::kWithinRounding, Status::kEqual,
                                    Status::kNotAttempted,   Status::kUnknown};

}  // namespace

std::vector<Table> ledger_report(std::span<const LedgerRow> rows, const std::string& format) {
  std::vector<Table> tables;
  if (format == "csv" || format == "json")
    tables.push_back(ledger_table(rows));
  else
    tables = ledger_pages(rows);
  for (Table& table : tables) {
    if (format != "text") break;
    for (const std::string& note : std::exchange(table.notes, {})) {
      for (std::string& line : wrapped(note, kTerminal)) table.notes.push_back(std::move(line));
    }
  }
  tables.push_back(ledger_summary(rows));
  return tables;
}

Table ledger_table(std::span<const LedgerRow> rows) {
  Table table{.id = "ledger", .title = "Ledger"};
  for (const char* id : {"paper",        "arxiv",      "table",    "task",      "dataset", "split",
                         "model",        "run_model",  "metric",   "published", "std",     "unit",
                         "own_protocol", "confidence", "status",   "computed",  "low",     "high",
                         "difference",   "n",          "protocol", "signature", "run",     "reason",
                         "source",       "note"})
    table.columns.push_back({id, id});
  for (const LedgerRow& row : rows) {
    const PublishedCell& cell = row.published;
    const ComputedCell score = row.computed.value_or(ComputedCell{});
    const auto change = difference(row);
    table.rows.push_back({cell.paper,
                          cell.arxiv,
                          cell.table,
                          cell.task,
                          cell.dataset,
                          cell.split,
                          cell.model,
                          text(cell.run_model),
                          cell.metric,
                          text(cell.value),
                          text(cell.std),
                          text(cell.unit),
                          text(cell.protocol),
                          cell.confidence,
                          std::string(status_name(row.status)),
                          number(score.value, cell),
                          number(score.low, cell),
                          number(score.high, cell),
                          change ? Cell(*change) : Cell(),
                          row.computed ? Cell(static_cast<std::int64_t>(score.n)) : Cell(),
                          text(score.protocol),
                          text(score.signature),
                          text(score.run),
                          text(row.reason),
                          cell.source,
                          text(cell.note)});
  }
  return table;
}

std::vector<Table> ledger_pages(std::span<const LedgerRow> rows) {
  std::vector<std::pair<Key, std::vector<const LedgerRow*>>> pages;
  std::map<Key, std::size_t> places;
  for (const LedgerRow& row : rows) {
    const auto [at, fresh] = places.try_emplace(page_of(row.published), pages.size());
    if (fresh) pages.push_back({page_of(row.published), {}});
    pages[at->second].second.push_back(&row);
  }
  std::vector<Table> tables;
  for (const auto& [key, page_rows] : pages) {
    Table table{.id = fmt::format("page-{}", tables.size() + 1),
                .title = page_title(page_rows.front()->published),
                .columns = {{"model", "model"},
                            {"metric", "metric"},
                            {"published", "printed"},
                            {"computed", "computed"},
                            {"interval", "interval"},
                            {"difference", "diff."},
                            {"n", "n"},
                            {"status", "status"},
                            {"notes", "notes"}}};
    NumberedNotes notes;
    for (const LedgerRow* row : page_rows) table.rows.push_back(page_row(*row, notes));
    table.notes = notes.lines();
    tables.push_back(std::move(table));
  }
  return tables;
}

Table ledger_summary(std::span<const LedgerRow> rows) {
  struct Counts {
    std::string paper;
    std::map<Key, std::ptrdiff_t> worst;  // the cells, each with its place in kWorstFirst
  };
  std::vector<Counts> papers;
  for (const LedgerRow& row : rows) {
    auto paper = std::ranges::find(papers, row.published.name, &Counts::paper);
    if (paper == papers.end()) paper = papers.insert(paper, {row.published.name, {}});
    const std::ptrdiff_t rank = std::ranges::find(kWorstFirst, row.status) - kWorstFirst.begin();
    const auto [cell, fresh] = paper->worst.try_emplace(cell_key(row.published), rank);
    cell->second = std::min(cell->second, rank);
  }
  Table table{.id = "summary", .title = "Published cells by status"};
  table.columns = {{"paper", "paper"},
                   {"cells", "cells"},
                   {"equal", "equal"},
                   {"within_rounding", "within rounding"},
                   {"explained", "explained"},
                   {"differs", "differs"},
                   {"not_attempted", "not attempted"},
                   {"unknown", "unknown"}};
  for (const Counts& paper : papers) {
    std::vector<Cell> row = {paper.paper, static_cast<std::int64_t>(paper.worst.size())};
    for (const Status status : {Status::kEqual, Status::kWithinRounding, Status::kExplained,
                                Status::kDiffers, Status::kNotAttempted, Status::kUnknown}) {
      row.emplace_back(
          static_cast<std::int64_t>(std::ranges::count_if(paper.worst, [&](const auto& cell) {
            return kWorstFirst[static_cast<std::size_t>(cell.second)] == status;
          })));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace cupel::reports
