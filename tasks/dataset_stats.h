/// What a loaded data set holds, in numbers.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "tasks/dataset.h"

namespace cupel::tasks {

/// Lengths of texts, in code points.
struct Lengths {
  double mean = 0.0;
  std::size_t longest = 0;
};

struct SideStats {
  std::size_t rows = 0;
  Lengths smiles;
  Lengths text;
  std::size_t repeated_smiles = 0;  ///< rows whose SMILES, as a string, an earlier row has
  std::size_t repeated_texts = 0;
  std::size_t unparsable = 0;  ///< rows that were kept though RDKit does not read them
  std::size_t scaffolds =
      0;  ///< distinct Murcko scaffolds, that of molecules without rings included
};

struct LabelCounts {
  std::size_t positive = 0;
  std::size_t negative = 0;
  std::size_t missing = 0;
};

struct LabelStats {
  std::string name;
  std::array<LabelCounts, 3> sides;  ///< train, validation, test
};

struct DatasetStats {
  std::array<SideStats, 3> sides;  ///< train, validation, test
  std::vector<LabelStats> labels;
};

/// `chirality`: do stereo marks tell scaffolds apart?
[[nodiscard]] DatasetStats stats_of(const Dataset& dataset, bool chirality);

}  // namespace cupel::tasks
