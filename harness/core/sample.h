/// One row of a data set, as tasks and models see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cupel {

/// A part of a text, and the atoms that it stands for.
struct Phrase {
  std::size_t begin = 0;             ///< bytes of the text
  std::size_t end = 0;               ///< after the last
  bool fragment = false;             ///< a group of atoms; else words for single atoms
  std::vector<std::uint32_t> atoms;  ///< rising, from 0, in the order of the SMILES; never empty

  bool operator==(const Phrase&) const = default;
};

struct Sample {
  std::string id;      ///< unique within its data set: the set's own number, or that of the row
  std::string smiles;  ///< after the treatment that the set's descriptor states
  std::string text;    ///< the description; empty in sets without one
  /// One a label column of the set: 1 positive, -1 negative, 0 missing. Empty in sets of pairs.
  std::vector<std::int8_t> labels;
  /// In the order of their begins, and may overlap. Only in test rows of sets that know them.
  std::vector<Phrase> phrases;

  bool operator==(const Sample&) const = default;
};

}  // namespace cupel
