/// Comma-separated tables as RFC 4180 describes them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cupel {

struct CsvRow {
  std::size_t line = 0;  ///< 1-based line of the file on which the row begins
  std::vector<std::string> cells;
};

/// The rows of a table, the header included. Lines end with LF or CRLF; a cell in double quotes may
/// hold commas, line breaks and doubled quotes; a blank line is a row with one empty cell.
/// Throws Error{kUsage} naming `name` and the line: bytes that are not UTF-8, a quote inside a bare
/// cell, text after a closing quote, a quote that is never closed.
[[nodiscard]] std::vector<CsvRow> parse_csv(std::string_view bytes, const std::string& name);

}  // namespace cupel
