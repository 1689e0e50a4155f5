/// The suite's sets of molecules with labels.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/suite/suite.h"

namespace cupel::tasks::suite {

/// A label column of a real set.
struct LabelColumn {
  std::string name;
  std::size_t positive = 0;  ///< per mille of those that are there
  std::size_t missing = 0;   ///< per mille of all rows
};

/// "mini-bbbp", … in the order of the real sets' published tables.
[[nodiscard]] std::vector<std::string> property_sets();

/// In the order of the real file.
[[nodiscard]] std::vector<LabelColumn> label_columns(std::string_view set);

/// The CSV of one of property_sets(). Each column has a rule of its own, a weighted sum over
/// classes of compounds and counts of rings, drawn from the column's name, with noise of a strength
/// of its own; the molecules that score highest are positive, but for some errors. At the real
/// rates, but rare labels are made common enough for a tenth of the rows to have some. The
/// molecules are of the sides that no set of pairs trains on.
[[nodiscard]] std::vector<SuiteFile> make_property_set(std::string_view set,
                                                       const SuiteOptions& options);

}  // namespace cupel::tasks::suite
