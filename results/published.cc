#include "results/published.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/nearest.h"
#include "results/published/embedded.h"

namespace cupel::results {
namespace {

using Names = std::vector<std::string>;

/// One column of a file: its name, where it goes, and what may stand in it.
template <typename Record>
struct Column {
  std::string name;
  std::string Record::* member;
  bool required = true;
  Names allowed = {};  // empty: anything
};

struct Paper {
  std::string id;
  std::string name;
  std::string arxiv;
};

const std::vector<Column<Paper>>& paper_columns() {
  static const std::vector<Column<Paper>> columns = {
      {"paper", &Paper::id}, {"name", &Paper::name}, {"arxiv", &Paper::arxiv}};
  return columns;
}

using Cell = PublishedCell;
const std::vector<Column<Cell>>& cell_columns() {
  static const std::vector<Column<Cell>> columns = {
      {"table", &Cell::table},
      {"task", &Cell::task},
      {"dataset", &Cell::dataset},
      {"split", &Cell::split, true, {"test", "not-stated"}},
      {"model", &Cell::model},
      {"run_model", &Cell::run_model, false},
      {"protocol", &Cell::protocol, false},
      {"metric", &Cell::metric},
      {"value", &Cell::value, false},
      {"std", &Cell::std, false},
      {"unit",
       &Cell::unit,
       false,
       {"fraction", "percent", "edits", "distance", "percent-relative"}},
      {"source", &Cell::source},
      {"confidence", &Cell::confidence, true, {"high", "medium", "low"}},
      {"note", &Cell::note, false}};
  return columns;
}

/// reasons.csv as it stands there; the lists are split afterwards.
struct ReasonLine {
  std::string papers;
  std::string table;
  std::string run_models;
  std::string task;
  std::string metrics;
  std::string text;
  std::string support;
  std::string source;
};

const std::vector<Column<ReasonLine>>& reason_columns() {
  static const std::vector<Column<ReasonLine>> columns = {
      {"papers", &ReasonLine::papers},
      {"table", &ReasonLine::table, false},
      {"run_models", &ReasonLine::run_models},
      {"task", &ReasonLine::task},
      {"metrics", &ReasonLine::metrics},
      {"reason", &ReasonLine::text},
      {"support", &ReasonLine::support, true, {"reconstruction", "guess"}},
      {"source", &ReasonLine::source}};
  return columns;
}

struct File {
  std::string name;
  std::string bytes;
};

[[noreturn]] void fail(const std::string& file, std::size_t line, const std::string& what,
                       const std::string& hint) {
  throw Error(Code::kUsage, fmt::format("{}:{}: {}", file, line, what), hint);
}

void check_header(const CsvRow& header, const Names& names, const std::string& file) {
  if (header.cells == names) return;
  for (const std::string& name : header.cells) {
    if (!std::ranges::contains(names, name))
      fail(file, header.line, "unknown column '" + name + "'", suggest(name, names));
  }
  for (const std::string& name : names) {
    if (!std::ranges::contains(header.cells, name))
      fail(file, header.line, "no column '" + name + "'",
           fmt::format("the columns are {}", fmt::join(names, ",")));
  }
  fail(file, header.line, "columns repeated or in another order",
       fmt::format("the columns are {}", fmt::join(names, ",")));
}

template <typename Record>
Record read_row(const CsvRow& row, const std::vector<Column<Record>>& columns,
                const std::string& file) {
  if (row.cells.size() != columns.size())
    fail(file, row.line,
         fmt::format("{} cells; the header has {}", row.cells.size(), columns.size()),
         "quote a cell that holds a comma");
  Record record;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Column<Record>& column = columns[c];
    const std::string& text = row.cells[c];
    if (text.empty() && column.required)
      fail(file, row.line, "no " + column.name, "this column must not be empty");
    if (!text.empty() && !column.allowed.empty() && !std::ranges::contains(column.allowed, text))
      fail(file, row.line, fmt::format("unknown {} '{}'", column.name, text),
           suggest(text, column.allowed));
    record.*column.member = text;
  }
  return record;
}

/// The records of a file, each with its line.
template <typename Record>
std::vector<std::pair<std::size_t, Record>> read_table(const File& file,
                                                       const std::vector<Column<Record>>& columns) {
  const auto rows = parse_csv(std::string(file.bytes), file.name);
  Names names;
  for (const auto& column : columns) names.push_back(column.name);
  check_header(rows.empty() ? CsvRow{.line = 1} : rows.front(), names, file.name);
  std::vector<std::pair<std::size_t, Record>> records;
  for (const CsvRow& row : std::span(rows).subspan(1))
    records.emplace_back(row.line, read_row(row, columns, file.name));
  return records;
}

bool is_decimal(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

void check_cell(const Cell& cell, const std::string& file, std::size_t line) {
  for (const std::string* number : {&cell.value, &cell.std}) {
    if (!number->empty() && !is_decimal(*number))
      fail(file, line, "'" + *number + "' is not a plain decimal number",
           "copy the printed digits; what else is printed belongs in the note");
  }
  if (cell.value.empty() != cell.unit.empty())
    fail(file, line, "a value needs a unit, and a missing value has none", "fill in or empty both");
  if (cell.value.empty() && !cell.std.empty())
    fail(file, line, "a deviation without a value", "fill in the value");
}

void add_cells(std::vector<Cell>& cells, const File& file, const Paper& paper) {
  std::set<Names> seen;
  for (auto& [line, cell] : read_table(file, cell_columns())) {
    check_cell(cell, file.name, line);
    if (!seen.insert({cell.table, cell.task, cell.dataset, cell.split, cell.model, cell.metric})
             .second)
      fail(file.name, line, "this cell stands in the file already",
           "keep one of the two, or tell their tables apart");
    cell.paper = paper.id;
    cell.name = paper.name;
    cell.arxiv = paper.arxiv;
    cells.push_back(std::move(cell));
  }
}

Names split_list(std::string_view text) {
  Names parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::vector<PublishedReason> read_reasons(const File& file, const std::vector<Cell>& cells) {
  std::vector<PublishedReason> reasons;
  for (const auto& [line, row] : read_table(file, reason_columns())) {
    PublishedReason reason{.papers = split_list(row.papers),
                           .table = row.table,
                           .run_models = split_list(row.run_models),
                           .task = row.task,
                           .metrics = split_list(row.metrics),
                           .text = row.text,
                           .support = row.support,
                           .source = row.source};
    if (std::ranges::none_of(cells, [&](const Cell& cell) { return reason.fits(cell); }))
      fail(file.name, line, "this reason fits no published cell",
           "its ids are those of the other files, spelt alike");
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

Published read_files(const std::vector<File>& files) {
  std::map<std::string, const File*> by_name;
  for (const File& file : files)
    by_name[std::filesystem::path(file.name).filename().string()] = &file;
  const auto take = [&](const std::string& name) -> const File& {
    const auto at = by_name.find(name);
    if (at == by_name.end())
      throw Error(Code::kUsage, "no file '" + name + "' among the published tables",
                  "papers.csv names every paper, and <paper>.csv holds its cells");
    const File& file = *at->second;
    by_name.erase(at);
    return file;
  };
  const File& reasons = take("reasons.csv");
  const File& papers = take("papers.csv");
  Published published;
  for (const auto& [line, paper] : read_table(papers, paper_columns()))
    add_cells(published.cells, take(paper.id + ".csv"), paper);
  if (!by_name.empty())
    fail(by_name.begin()->second->name, 1, "a paper that papers.csv does not list",
         "add it to papers.csv");
  published.reasons = read_reasons(reasons, published.cells);
  return published;
}

}  // namespace

bool PublishedReason::fits(const PublishedCell& cell) const {
  return std::ranges::contains(papers, cell.paper) && (table.empty() || table == cell.table) &&
         std::ranges::contains(run_models, cell.run_model) && task == cell.task &&
         std::ranges::contains(metrics, cell.metric);
}

const Published& published_results() {
  static const Published published = [] {
    std::vector<File> files;
    for (const auto& [name, bytes] : embedded_published())
      files.push_back({"results/published/" + std::string(name), std::string(bytes)});
    return read_files(files);
  }();
  return published;
}

Published read_published(const std::filesystem::path& folder) {
  std::vector<File> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".csv")
      files.push_back({entry.path().string(), read_file(entry.path())});
  }
  if (error)
    throw Error(Code::kUsage, folder.string() + ": " + error.message(), "name a folder of tables");
  return read_files(files);
}

}  // namespace cupel::results
