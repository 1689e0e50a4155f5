/// One row of a data set, as tasks and models see it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cupel {

struct Sample {
  std::string id;      ///< unique within its data set: the set's own number, or that of the row
  std::string smiles;  ///< after the treatment that the set's descriptor states
  std::string text;    ///< the description; empty in sets without one
  /// One a label column of the set: 1 positive, -1 negative, 0 missing. Empty in sets of pairs.
  std::vector<std::int8_t> labels;

  bool operator==(const Sample&) const = default;
};

}  // namespace cupel
