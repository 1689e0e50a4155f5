#include "harness/core/csv.h"

#include <string_view>
#include <vector>

#include "tasks/readers/table.h"

namespace cupel::tasks {

PartRows read_csv(const DatasetDescriptor& set, const Part& part, FileText& file,
                  std::size_t first_row) {
  SampleTable table(set, part, file.name, first_row);
  CsvReader reader(file.bytes, file.name);
  for (std::vector<std::string_view> cells; reader.next(cells);) table.take(cells, reader.line());
  return table.finish();
}

}  // namespace cupel::tasks
