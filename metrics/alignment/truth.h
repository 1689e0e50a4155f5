/// Which parts of a text and which atoms belong together, as a store keeps it for an example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/sample.h"

namespace cupel::metrics {

/// One line of JSON with everything that a score needs: the lengths of SMILES and text in bytes,
/// the byte of each atom in the SMILES, and all phrases.
///     {"smiles":3,"text":7,"atoms":[0,1,2],"phrases":[{"begin":0,"end":4,"level":"fragment",
///      "atoms":[0,1]}]}
[[nodiscard]] std::string write_truth(const Sample& sample);

/// The truth as one partition, on which found sets are measured.
///
/// Phrases nest and overlap, so of those of level fragment each byte of the text counts for the
/// shortest that covers it (of equals the first), and each atom for the one with the fewest atoms
/// that has it (of equals the first). Phrases of the same atoms are one set. Bytes and atoms in no
/// such phrase are no elements; words for single atoms are not asked for.
struct Truth {
  /// The elements of one side.
  struct Side {
    std::size_t size = 0;             ///< bytes of the input, elements or not
    std::vector<std::size_t> places;  ///< byte of each element, rising
    std::vector<std::int32_t> sets;   ///< of each element
  };
  Side molecule;
  Side text;
  /// Whether there is anything to be found: at least two sets on each side.
  [[nodiscard]] bool counts() const;
};

/// Of what write_truth wrote, or what is wrong with it.
[[nodiscard]] std::expected<Truth, std::string> read_truth(std::string_view text);

}  // namespace cupel::metrics
