#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "results/prediction_readers.h"

namespace cupel::results {
namespace {

/// One record after another; doubled quotes become single ones in place.
class RecordReader {
 public:
  RecordReader(std::span<char> text, const std::string& name) : text_(text), name_(name) {}

  /// False at the end. Cells are views into the text.
  bool next(std::vector<std::string_view>& cells) {
    cells.clear();
    while (at_ < text_.size() && end_of_line()) skip_line_end();
    if (at_ == text_.size()) return false;
    record_line_ = line_;
    for (;;) {
      cells.push_back(text_[at_limit()] == '"' && at_ < text_.size() ? quoted() : plain());
      if (at_ == text_.size()) return true;
      if (text_[at_] != ',') break;
      ++at_;
    }
    skip_line_end();
    return true;
  }
  [[nodiscard]] std::size_t line() const { return record_line_; }

 private:
  /// A last comma may be the last byte: the cell after it is empty.
  [[nodiscard]] std::size_t at_limit() const { return std::min(at_, text_.size() - 1); }
  [[nodiscard]] bool end_of_line() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  void skip_line_end() {
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  std::string_view plain() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && !end_of_line()) {
      if (text_[at_] == '"')
        fail(name_, line_, "a '\"' inside a cell that does not start with one",
             "the file was written without CSV quoting; quote the cell and double its quotes, or "
             "write tabs and import it as molt5");
      ++at_;
    }
    return {text_.data() + begin, at_ - begin};
  }

  std::string_view quoted() {
    char* const begin = text_.data() + ++at_;
    char* end = begin;
    const std::size_t opened = line_;
    for (;;) {
      const std::string_view rest(text_.data() + at_, text_.size() - at_);
      const std::size_t quote = rest.find('"');
      if (quote == std::string_view::npos)
        fail(name_, opened, "a quote is opened and never closed",
             "an ordinary '\"' at the start of a cell would swallow all rows after it; quote that "
             "cell and double the quote");
      line_ += line_ends(rest.substr(0, quote));
      std::memmove(end, rest.data(), quote);
      end += quote;
      at_ += quote + 1;
      if (at_ == text_.size() || text_[at_] != '"') break;
      *end++ = '"';
      ++at_;
    }
    if (at_ < text_.size() && text_[at_] != ',' && !end_of_line())
      fail(name_, line_, "text after the quote that closes a cell",
           fmt::format("the cell began at line {}; a '\"' inside a quoted cell must be doubled, "
                       "or quoting merged rows there",
                       opened));
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  static std::size_t line_ends(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n' || (text[i] == '\r' && text.substr(i, 2) != "\r\n")) ++count;
    return count;
  }

  std::span<char> text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 1;
};

}  // namespace

void read_csv(std::span<char> text, const ReadOptions& options, PredictionFile& file) {
  ReadOptions named = options;
  named.format = "csv";
  const KnownColumns columns = free_columns(named);
  RecordReader reader(text, file.path);
  std::vector<std::string_view> cells;
  if (!reader.next(cells)) fail(file.path, 0, "no data rows", "the file holds blank lines only");
  const std::vector<std::string_view> header = cells;
  const Places places = find_places(header, columns, file.path, reader.line(), options);
  while (reader.next(cells)) {
    if (cells.size() != header.size())
      fail(file.path, reader.line(),
           fmt::format("{} cells; the header has {}", cells.size(), header.size()),
           "a comma or line break in a text needs quotes around the cell");
    if (cells == header)
      fail(file.path, reader.line(), "the header line is repeated: a header in the middle",
           "two result files, or two runs of one test, are joined here; split them");
    file.rows.push_back({.line = reader.line(),
                         .input = cells[places.at[kInput]],
                         .reference = cells[places.at[kReference]],
                         .prediction = cells[places.at[kPrediction]]});
    file.section.last_line = reader.line();
  }
  if (file.rows.empty()) fail(file.path, 0, "no data rows", "the file holds a header line only");
}

}  // namespace cupel::results
