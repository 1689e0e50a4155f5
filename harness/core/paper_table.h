/// Scores in the layout in which the field's papers print them, before anybody prints them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cupel {

struct PaperColumn {
  std::string group;  ///< what stands above neighbouring columns with the same; may be empty
  std::string heading;
  bool higher_is_better = true;
  double scale = 1.0;  ///< 100: printed as percent
  int digits = 3;      ///< after the point
};

/// What one model has in one column.
struct PaperScore {
  std::optional<double> value;                        ///< mean over its runs, one a seed
  std::optional<double> sd;                           ///< of the sample, with two runs or more
  std::optional<std::pair<double, double>> interval;  ///< the bootstrap's, with one run
  std::size_t runs = 0;
  bool best = false;  ///< of two models or more
  bool tied = false;  ///< not the best, and not clearly worse on the same examples and seeds
};

struct PaperRow {
  std::string model;
  std::vector<PaperScore> scores;  ///< one a column
};

struct PaperTable {
  std::string id;  ///< "captioning-chebi-20-molt5"
  std::string title;
  std::vector<PaperColumn> columns;
  std::vector<PaperRow> rows;
  std::vector<std::string> notes;  ///< n, seeds, tests, data, signatures: a sentence each
};

}  // namespace cupel
