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

/// Reads all sections, so that a fault in any of them is found, and keeps the rows of one.
class SectionReader {
 public:
  SectionReader(const ReadOptions& options, bool sections, PredictionFile& file)
      : options_(options), sections_(sections), file_(file) {}

  void take(std::string_view line, std::size_t number) {
    split_tabs(line, cells_);
    if (header_.empty()) {
      places_ = find_places(
          cells_,
          choose_columns({.names = {input_columns(options_.task), {"ground truth"}, {"output"}},
                          .unit = "column"},
                         options_.columns),
          file_.path, number, options_);
      header_ = line;
      start_section(number);
    } else if (line == header_) {
      if (!sections_)
        fail(file_.path, number, "the header line is repeated: a header in the middle",
             "two result files, or two runs of one test, are joined here; if Atomas wrote the "
             "file, read it with --from atomas, otherwise split it");
      start_section(number);
    } else {
      take_row(line, number);
    }
  }

  void finish() {
    PredictionSection& kept = file_.section;
    kept.count = std::max<std::size_t>(section_, 1);
    if (options_.section > section_)
      fail(file_.path, 0,
           fmt::format("section {} is asked for; the file has {}", options_.section, section_),
           "count the header lines, or leave the section out to take the last");
    if (file_.rows.empty())
      fail(file_.path, section_ > 0 ? kept.first_line : 0, "no data rows",
           section_ > 1    ? "this run of the test wrote its header only; choose another section"
           : section_ == 1 ? "the file holds a header line only: was the test cut off?"
                           : "the file holds blank lines only");
  }

 private:
  void start_section(std::size_t number) {
    ++section_;
    if (options_.section != 0 && section_ > options_.section) return;
    file_.rows.clear();
    file_.section.number = section_;
    file_.section.first_line = file_.section.last_line = number;
  }

  void take_row(std::string_view line, std::size_t number) {
    if (cells_.size() != places_.count)
      wrong_cells(file_.path, number, line, cells_.size(), places_.count);
    if (section_ != file_.section.number) return;
    file_.section.last_line = number;
    file_.rows.push_back({.line = number,
                          .input = cells_[places_.at[kInput]],
                          .reference = cells_[places_.at[kReference]],
                          .prediction = cells_[places_.at[kPrediction]]});
  }

  const ReadOptions& options_;
  bool sections_;
  PredictionFile& file_;
  std::string_view header_;
  Places places_;
  std::size_t section_ = 0;
  std::vector<std::string_view> cells_;
};

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

void read_table(std::string_view text, const ReadOptions& options, bool sections,
                PredictionFile& file) {
  SectionReader sectioned(options, sections, file);
  LineReader reader(text);
  while (const auto line = reader.next()) {
    if (line->size() > kMaxLine)
      fail(file.path, reader.line(), "the line is longer than 16 MiB",
           "a line break is probably missing; write one example a line");
    if (!line->empty()) sectioned.take(*line, reader.line());
  }
  sectioned.finish();
}

}  // namespace cupel::results
