/// Comma-separated tables as RFC 4180 describes them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel {

/// One record after another, without copies: doubled quotes become single ones in place. Lines end
/// with LF, CRLF or a lone CR; a cell in double quotes may hold commas, line breaks and doubled
/// quotes; blank lines are skipped.
class CsvReader {
 public:
  /// `text` is UTF-8 and outlives the cells; `name` starts every message and outlives this.
  CsvReader(std::span<char> text, const std::string& name) : text_(text), name_(name) {}

  /// False at the end. Throws Error{kUsage} "name:line: …": a quote inside a bare cell, text after
  /// a closing quote, a quote that is never closed.
  bool next(std::vector<std::string_view>& cells);
  /// 1-based line of the file on which the last record began.
  [[nodiscard]] std::size_t line() const { return record_line_; }

 private:
  [[nodiscard]] bool at_quote() const { return at_ < text_.size() && text_[at_] == '"'; }
  [[nodiscard]] bool end_of_line() const { return text_[at_] == '\n' || text_[at_] == '\r'; }
  void skip_line_end();
  std::string_view plain();
  std::string_view quoted();
  [[noreturn]] void fail(std::size_t line, const std::string& what, const std::string& hint) const;

  std::span<char> text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 1;
};

struct CsvRow {
  std::size_t line = 0;
  std::vector<std::string> cells;
};

/// The rows of a small table, the header included. Throws like CsvReader, and for bytes that are
/// not UTF-8.
[[nodiscard]] std::vector<CsvRow> parse_csv(std::string bytes, const std::string& name);

}  // namespace cupel
