#include "results/prediction_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/nearest.h"
#include "harness/core/utf8.h"

namespace cupel::results {
namespace {

constexpr std::size_t kMaxLine = std::size_t{16} << 20U;

/// Lines ended by LF, CRLF or a lone CR.
class LineReader {
 public:
  explicit LineReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    ++line_;
    const std::size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    std::size_t skip = end;
    if (skip < rest_.size()) skip += rest_.substr(skip, 2) == "\r\n" ? 2 : 1;
    rest_.remove_prefix(skip);
    return line;
  }
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::string_view rest_;
  std::size_t line_ = 0;
};

std::vector<std::string_view> split_tabs(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0;;) {
    const std::size_t tab = line.find('\t', at);
    cells.push_back(line.substr(at, tab - at));
    if (tab == std::string_view::npos) return cells;
    at = tab + 1;
  }
}

std::size_t line_of(std::string_view bytes, std::size_t offset) {
  LineReader reader(bytes.substr(0, offset + 1));
  while (reader.next()) {
  }
  return reader.line();
}

[[noreturn]] void fail(const std::string& name, std::size_t line, const std::string& what,
                       const std::string& hint) {
  throw Error(Code::kUsage,
              line == 0 ? name + ": " + what : fmt::format("{}:{}: {}", name, line, what), hint);
}

void check_bytes(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    fail(name, 0, "the file is empty", "a prediction file starts with a header line");
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    fail(name, 1, "the file is UTF-16", "convert it: iconv -f UTF-16 -t UTF-8");
  }
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    fail(name, line_of(bytes, nul), "a NUL byte",
         "is this a text file? a damaged copy often holds NUL bytes; fetch it again");
  }
  if (const auto bad = first_invalid_utf8(bytes)) {
    fail(name, line_of(bytes, *bad),
         fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(bytes[*bad])),
         "find the encoding of the file (often Latin-1) and convert it: iconv -f LATIN1 -t UTF-8");
  }
}

/// Which cells of a row are wanted.
struct Columns {
  std::size_t input = 0;
  std::size_t reference = 0;
  std::size_t prediction = 0;
  std::size_t count = 0;
};

/// The place of the one column that has one of these names.
std::size_t find_column(const std::vector<std::string_view>& header,
                        const std::vector<std::string>& names, const std::string& name,
                        std::size_t line, const std::string& task) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::ranges::contains(names, header[i])) found.push_back(i);
  }
  const std::string wanted = fmt::format("'{}'", fmt::join(names, "' or '"));
  if (found.size() > 1)
    fail(name, line, fmt::format("{} columns are called {}", found.size(), wanted),
         "rename all but one");
  if (found.size() == 1) return found[0];
  std::string hint =
      fmt::format("the header must hold {}, 'ground truth' and 'output', separated by tabs",
                  fmt::join(input_columns(task), " or "));
  if (header.size() == 1 && header[0].find(',') != std::string_view::npos)
    hint = "the file looks comma-separated; " + hint;
  for (const std::string other : {"captioning", "generation"}) {
    for (const std::string& column : input_columns(other)) {
      if (other != task && std::ranges::contains(header, column)) {
        hint =
            fmt::format("column '{}' belongs to a {} file: is it --task {}?", column, other, other);
      }
    }
  }
  fail(name, line, fmt::format("no column {} (found: '{}')", wanted, fmt::join(header, "', '")),
       hint);
}

Columns read_header(std::string_view line, std::size_t number, const std::string& name,
                    const std::string& task) {
  const auto header = split_tabs(line);
  return {.input = find_column(header, input_columns(task), name, number, task),
          .reference = find_column(header, {"ground truth"}, name, number, task),
          .prediction = find_column(header, {"output"}, name, number, task),
          .count = header.size()};
}

}  // namespace

const std::vector<std::string>& input_columns(const std::string& task) {
  static const std::vector<std::string> captioning = {"SMILES"};
  static const std::vector<std::string> generation = {"description", "text"};
  return task == "captioning" ? captioning : generation;
}

PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                     const std::string& task) {
  PredictionFile file{.path = name, .sha256 = sha256_hex(bytes), .rows = {}, .bytes = {}};
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  check_bytes(*file.bytes, name);
  std::string_view text = *file.bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);

  LineReader reader(text);
  std::optional<std::string_view> header;
  Columns columns;
  while (const auto line = reader.next()) {
    if (line->empty()) continue;
    if (line->size() > kMaxLine)
      fail(name, reader.line(), "the line is longer than 16 MiB",
           "a line break is probably missing; write one example a line");
    if (!header) {
      header = line;
      columns = read_header(*line, reader.line(), name, task);
      continue;
    }
    if (*line == *header) {
      fail(name, reader.line(), "the header line is repeated",
           "two result files seem to be joined here; split them, or delete this line");
    }
    const auto cells = split_tabs(*line);
    if (cells.size() != columns.count) {
      fail(name, reader.line(),
           fmt::format("{} cells; the header has {}", cells.size(), columns.count),
           "a tab or line break inside a text must be removed before the file is written");
    }
    file.rows.push_back({.line = reader.line(),
                         .input = cells[columns.input],
                         .reference = cells[columns.reference],
                         .prediction = cells[columns.prediction]});
  }
  if (file.rows.empty())
    fail(name, 0, "no data rows",
         header ? "the file holds a header line only" : "the file holds blank lines only");
  return file;
}

PredictionFile read_prediction_file(const std::filesystem::path& path, const std::string& task) {
  return parse_prediction_file(read_file(path, std::size_t{4} << 30U, kMaxLine), path.string(),
                               task);
}

}  // namespace cupel::results
