#include "harness/core/csv.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace cupel {
namespace {

std::size_t line_ends(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n' || (text[i] == '\r' && text.substr(i, 2) != "\r\n")) ++count;
  return count;
}

}  // namespace

void CsvReader::fail(std::size_t line, const std::string& what, const std::string& hint) const {
  throw Error(Code::kUsage, fmt::format("{}:{}: {}", name_, line, what), hint);
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  while (at_ < text_.size() && end_of_line()) skip_line_end();
  if (at_ == text_.size()) return false;
  record_line_ = line_;
  for (;;) {
    cells.push_back(at_quote() ? quoted() : plain());
    if (at_ == text_.size()) return true;
    if (text_[at_] != ',') break;
    ++at_;
  }
  skip_line_end();
  return true;
}

void CsvReader::skip_line_end() {
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  ++at_;
  ++line_;
}

std::string_view CsvReader::plain() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && !end_of_line()) {
    if (text_[at_] == '"')
      fail(line_, "a '\"' inside a cell that does not start with one",
           "the file was written without CSV quoting; quote the cell and double its quotes, or "
           "write a tab-separated table");
    ++at_;
  }
  return {text_.data() + begin, at_ - begin};
}

std::string_view CsvReader::quoted() {
  char* const begin = text_.data() + ++at_;
  char* end = begin;
  const std::size_t opened = line_;
  for (;;) {
    const std::string_view rest(text_.data() + at_, text_.size() - at_);
    const std::size_t quote = rest.find('"');
    if (quote == std::string_view::npos)
      fail(opened, "a quote is opened and never closed",
           "an ordinary '\"' at the start of a cell would swallow all rows after it; quote that "
           "cell and double the quote");
    line_ += line_ends(rest.substr(0, quote));
    std::memmove(end, rest.data(), quote);
    end += quote;
    at_ += quote + 1;
    if (!at_quote()) break;
    *end++ = '"';
    ++at_;
  }
  if (at_ < text_.size() && text_[at_] != ',' && !end_of_line())
    fail(line_, "text after the quote that closes a cell",
         fmt::format("the cell began at line {}; a '\"' inside a quoted cell must be doubled, or "
                     "quoting merged rows there",
                     opened));
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::vector<CsvRow> parse_csv(std::string bytes, const std::string& name) {
  if (const auto bad = first_invalid_utf8(bytes)) {
    throw Error(
        Code::kUsage,
        fmt::format("{}:{}: not UTF-8", name, std::ranges::count(bytes.substr(0, *bad), '\n') + 1),
        "convert it: iconv -f LATIN1 -t UTF-8");
  }
  CsvReader reader(bytes, name);
  std::vector<CsvRow> rows;
  for (std::vector<std::string_view> cells; reader.next(cells);)
    rows.push_back({.line = reader.line(), .cells = {cells.begin(), cells.end()}});
  return rows;
}

}  // namespace cupel
