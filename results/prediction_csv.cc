#include <fmt/format.h>

#include "harness/core/csv.h"
#include "results/prediction_readers.h"

namespace cupel::results {

void read_csv(std::span<char> text, const ReadOptions& options, PredictionFile& file) {
  ReadOptions named = options;
  named.format = "csv";
  const KnownColumns columns = free_columns(named);
  CsvReader reader(text, file.path);
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
