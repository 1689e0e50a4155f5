#include <string_view>
#include <vector>

#include "tasks/readers/lines.h"
#include "tasks/readers/table.h"

namespace cupel::tasks {

PartRows read_tsv(const DatasetDescriptor& set, const Part& part, FileText& file,
                  std::size_t first_row) {
  SampleTable table(set, part, file.name, first_row);
  LineReader lines(file.bytes);
  std::vector<std::string_view> cells;
  for (std::string_view line; lines.next(line);) {
    cells.clear();
    for (std::size_t at = 0; at != std::string_view::npos;) {
      const std::size_t tab = line.find('\t', at);
      cells.push_back(line.substr(at, tab - at));
      at = tab == std::string_view::npos ? tab : tab + 1;
    }
    table.take(cells, lines.line());
  }
  return table.finish();
}

}  // namespace cupel::tasks
