#include "reports/table.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "harness/core/utf8.h"

namespace cupel::reports {
namespace {

using For = Column::For;

bool is_number(const Cell& cell) {
  return std::holds_alternative<double>(cell) || std::holds_alternative<std::int64_t>(cell);
}

/// Rounded, and on one line: a text from a data set may hold anything.
std::string for_people(const Cell& cell, const Column& column) {
  if (const auto* number = std::get_if<double>(&cell))
    return fmt::format("{:.{}f}", *number, column.digits);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *count);
  if (const auto* text = std::get_if<std::string>(&cell)) return printable(*text);
  return "";
}

std::string for_machines(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return fmt::format("{:.17g}", *number);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *count);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

/// The columns that a reader of one of these kinds gets, by their place.
std::vector<std::size_t> columns_for(const Table& table, std::initializer_list<For> kinds) {
  std::vector<std::size_t> chosen;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const For whom = table.columns[c].whom;
    if (whom == For::kAll || std::ranges::contains(kinds, whom)) chosen.push_back(c);
  }
  return chosen;
}

/// One column as it stands in a terminal.
struct PrintedColumn {
  std::vector<std::string> cells;  // the heading first
  std::size_t width = 0;
  bool right = false;  // numbers stand on the right
};

std::vector<PrintedColumn> printed(const Table& table) {
  std::vector<PrintedColumn> out;
  for (const std::size_t c : columns_for(table, {For::kPeople})) {
    PrintedColumn column{.cells = {table.columns[c].heading}};
    bool empty = !table.rows.empty();
    for (const auto& row : table.rows) {
      column.cells.push_back(for_people(row[c], table.columns[c]));
      column.right = column.right || is_number(row[c]);
      empty = empty && column.cells.back().empty();
    }
    if (empty) continue;
    for (const std::string& cell : column.cells)
      column.width = std::max(column.width, count_code_points(cell));
    out.push_back(std::move(column));
  }
  return out;
}

void add_text(std::string& out, const Table& table) {
  if (!table.title.empty()) out += table.title + "\n\n";
  const auto columns = printed(table);
  for (std::size_t r = 0; r <= table.rows.size(); ++r) {
    std::string line;
    for (const PrintedColumn& column : columns) {
      const std::string& cell = column.cells[r];
      const std::string space(column.width - count_code_points(cell), ' ');
      line += "  " + (column.right ? space + cell : cell + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  if (!table.notes.empty()) out += "\n";
  for (const std::string& note : table.notes) out += note + "\n";
}

void add_markdown(std::string& out, const Table& table) {
  if (!table.title.empty()) out += "**" + markdown_text(table.title) + "**\n\n";
  const auto columns = printed(table);
  for (std::size_t r = 0; r <= table.rows.size(); ++r) {
    out += '|';
    for (const PrintedColumn& column : columns) out += " " + markdown_text(column.cells[r]) + " |";
    out += '\n';
    if (r > 0) continue;
    out += '|';
    for (const PrintedColumn& column : columns) out += column.right ? "---:|" : "---|";
    out += '\n';
  }
  for (const std::string& note : table.notes) out += "\n" + markdown_text(note) + "\n";
}

std::string csv(const Table& table) {
  const auto chosen = columns_for(table, {For::kMachines});
  std::string out;
  for (const std::size_t c : chosen)
    out += (c == chosen.front() ? "" : ",") + csv_cell(table.columns[c].id);
  out += '\n';
  for (const auto& row : table.rows) {
    for (const std::size_t c : chosen)
      out += (c == chosen.front() ? "" : ",") + csv_cell(for_machines(row[c]));
    out += '\n';
  }
  return out;
}

void write_cell(JsonWriter& json, const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell))
    json.value(*number);
  else if (const auto* count = std::get_if<std::int64_t>(&cell))
    json.value(*count);
  else if (const auto* text = std::get_if<std::string>(&cell))
    json.value(*text);
  else
    json.null();
}

std::string json_of(std::span<const Table> tables) {
  JsonWriter json;
  json.begin_object();
  for (const Table& table : tables) {
    const auto chosen = columns_for(table, {For::kMachines, For::kJson});
    json.key(table.id).begin_array();
    for (const auto& row : table.rows) {
      json.begin_object();
      for (const std::size_t c : chosen) {
        json.key(table.columns[c].id);
        write_cell(json, row[c]);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.key("notes").begin_array();
  for (const Table& table : tables) {
    for (const std::string& note : table.notes) json.value(note);
  }
  return json.end_array().end_object().str();
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else {
      if (std::string_view("|\\`*_[]").contains(c)) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string print_tables(std::span<const Table> tables, const std::string& format) {
  for (const Table& table : tables) {
    for (const auto& row : table.rows) {
      if (row.size() != table.columns.size())
        throw std::logic_error("table '" + table.id + "' has a row of another length");
    }
  }
  if (format == "json") return json_of(tables);
  if (format == "csv") return tables.empty() ? "" : csv(tables.front());
  std::string out;
  for (const Table& table : tables) {
    if (!out.empty()) out += '\n';
    format == "md" ? add_markdown(out, table) : add_text(out, table);
  }
  return out;
}

}  // namespace cupel::reports
