#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "results/prediction_readers.h"

namespace cupel::results {
namespace {

void split_tabs(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  for (std::size_t at = 0;;) {
    const std::size_t tab = line.find('\t', at);
    cells.push_back(line.substr(at, tab - at));
    if (tab == std::string_view::npos) return;
    at = tab + 1;
  }
}

[[noreturn]] void wrong_cells(const std::string& name, std::size_t line, std::string_view text,
                              std::size_t cells, std::size_t wanted) {
  const std::string what = fmt::format("{} cells; the header has {}", cells, wanted);
  const char* const merged = cells > wanted ? "merged" : "split";
  if (text.contains('"')) {
    fail(name, line, fmt::format("{}, and the row holds a '\"': quoting {} rows", what, merged),
         "a CSV reader or writer with quoting on handled this table, in which '\"' is an ordinary "
         "character; write it again with quoting off (QUOTE_NONE), or import it as csv");
  }
  fail(name, line, fmt::format("{}: rows were {}", what, merged),
       cells > wanted
           ? "quoting swallowed a line break, one was lost, or a tab stands inside a text; write "
             "one row a line with quoting off (QUOTE_NONE), without tabs in texts"
           : "a line break stands inside a text, or the file was cut off here; remove "
             "line breaks from texts before the file is written");
}

}  // namespace

LineReader::LineReader(std::string_view bytes) : rest_(bytes), has_cr_(bytes.contains('\r')) {}

std::optional<std::string_view> LineReader::next() {
  if (rest_.empty()) return std::nullopt;
  ++line_;
  std::size_t end = std::min(rest_.find('\n'), rest_.size());
  if (has_cr_) end = std::min(rest_.substr(0, end).find('\r'), end);
  const std::string_view line = rest_.substr(0, end);
  std::size_t skip = end;
  if (skip < rest_.size()) skip += rest_.substr(skip, 2) == "\r\n" ? 2 : 1;
  rest_.remove_prefix(skip);
  return line;
}

/// Reads all sections, so that a fault in any of them is found, and keeps the rows of one.
void read_table(std::string_view text, const ReadOptions& options, bool sections,
                PredictionFile& file) {
  const std::string& name = file.path;
  const KnownColumns columns = choose_columns(
      {.names = {input_columns(options.task), {"ground truth"}, {"output"}}, .unit = "column"},
      options.columns);
  LineReader reader(text);
  std::optional<std::string_view> header;
  Places places;
  std::size_t section = 0;
  std::vector<std::string_view> cells;
  while (const auto line = reader.next()) {
    if (line->empty()) continue;
    if (line->size() > kMaxLine)
      fail(name, reader.line(), "the line is longer than 16 MiB",
           "a line break is probably missing; write one example a line");
    const bool repeated = header && *line == *header;
    if (repeated && !sections) {
      fail(name, reader.line(), "the header line is repeated: a header in the middle",
           "two result files, or two runs of one test, are joined here; if Atomas wrote the file, "
           "read it with --from atomas, otherwise split it");
    }
    if (!header || repeated) {
      split_tabs(*line, cells);
      if (!header) places = find_places(cells, columns, name, reader.line(), options);
      header = line;
      ++section;
      if (options.section != 0 && section > options.section) continue;
      file.rows.clear();
      file.section.number = section;
      file.section.first_line = file.section.last_line = reader.line();
      continue;
    }
    split_tabs(*line, cells);
    if (cells.size() != places.count)
      wrong_cells(name, reader.line(), *line, cells.size(), places.count);
    if (section != file.section.number) continue;
    file.section.last_line = reader.line();
    file.rows.push_back({.line = reader.line(),
                         .input = cells[places.at[kInput]],
                         .reference = cells[places.at[kReference]],
                         .prediction = cells[places.at[kPrediction]]});
  }
  file.section.count = std::max<std::size_t>(section, 1);
  if (options.section > section)
    fail(name, 0, fmt::format("section {} is asked for; the file has {}", options.section, section),
         "count the header lines, or leave the section out to take the last");
  if (file.rows.empty())
    fail(name, header ? file.section.first_line : 0, "no data rows",
         section > 1 ? "the last run of the test wrote its header only; choose an earlier section"
         : header    ? "the file holds a header line only: was the test cut off?"
                     : "the file holds blank lines only");
}

}  // namespace cupel::results
