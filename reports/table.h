/// What every report is made of: tables, and one way to print them in each format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cupel::reports {

/// Nothing, a text, a count, or a number.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double>;

struct Column {
  enum class For : std::uint8_t { kAll, kPeople, kMachines, kJson };
  std::string id;        ///< the CSV heading and the JSON key
  std::string heading;   ///< for people
  For whom = For::kAll;  ///< people: terminal and Markdown; machines: CSV and JSON
  int digits = 4;        ///< after the point, for people; machines get 17 significant digits
};

/// Throws std::logic_error when printed with a row that is not as long as `columns`.
struct Table {
  std::string id;     ///< the JSON key of its rows
  std::string title;  ///< for people; may be empty
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::vector<std::string> notes;  ///< below the table, one line each
};

/// `format` is one of text, md, csv, json.
/// text, md: the tables under each other, with titles and notes; columns without any cell are left
/// out.
/// csv: RFC 4180, the first table only.
/// json: one object; each table is an array of objects below its id, the notes of all tables stand
/// in "notes"; a missing value is null.
[[nodiscard]] std::string print_tables(std::span<const Table> tables, const std::string& format);

/// A text of one line as Markdown that prints it: a bar would end a cell, and a `<` would begin a
/// tag where HTML is let through.
[[nodiscard]] std::string markdown_text(std::string_view text);

/// A cell of RFC 4180: quoted when it holds a comma, a quote or a line break.
[[nodiscard]] std::string csv_cell(const std::string& text);

}  // namespace cupel::reports
