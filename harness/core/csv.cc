#include "harness/core/csv.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace cupel {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view bytes, const std::string& name) : rest_(bytes), name_(name) {}

  std::optional<CsvRow> next() {
    if (rest_.empty()) return std::nullopt;
    CsvRow row{.line = line_};
    do {
      row.cells.push_back(rest_.starts_with('"') ? quoted() : bare());
    } while (take(","));
    if (!rest_.empty() && !take("\r\n") && !take("\n")) fail("text after a closing quote");
    ++line_;
    return row;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Code::kUsage, fmt::format("{}:{}: {}", name_, line_, what),
                "write a cell that holds a quote as \"…\"\"…\"");
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string bare() {
    std::size_t end = std::min(rest_.find_first_of(",\n\""), rest_.size());
    if (rest_.substr(end).starts_with('"')) fail("a quote inside a cell without quotes");
    if (rest_.substr(end).starts_with('\n') && rest_.substr(0, end).ends_with('\r')) --end;
    std::string cell(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return cell;
  }

  std::string quoted() {
    std::string cell;
    rest_.remove_prefix(1);
    for (;;) {
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) fail("a quote that is never closed");
      const std::string_view part = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
      cell += part;
      if (!take("\"")) return cell;
      cell += '"';
    }
  }

  std::string_view rest_;
  const std::string& name_;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view bytes, const std::string& name) {
  if (const auto bad = first_invalid_utf8(bytes)) {
    const auto line = std::ranges::count(bytes.substr(0, *bad), '\n') + 1;
    throw Error(Code::kUsage, fmt::format("{}:{}: not UTF-8", name, line),
                "convert it: iconv -f LATIN1 -t UTF-8");
  }
  CsvParser parser(bytes, name);
  std::vector<CsvRow> rows;
  while (auto row = parser.next()) rows.push_back(std::move(*row));
  return rows;
}

}  // namespace cupel
