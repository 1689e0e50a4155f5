/// Which tokens of a text and of a SMILES the hierarchical alignment puts together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/text/t5_vocabulary.h"
#include "models/torch/atomas_network.h"

namespace cupel::nn {

/// One side of a pair.
struct LocatedInput {
  T5Vocabulary::Located tokens;
  std::size_t size = 0;  ///< bytes of the input
};

/// The answers of the capability "alignment" (metrics/alignment/found_sets.h has their form), of
/// examples that are computed together: for each level of L_haa the set of each byte, and for each
/// set of the text the one of the molecule whose cosine is the largest, as in the token interaction
/// of that level. Computed with online weights and without noise. Of several tokens of one
/// character the last counts. kEos has no byte, but takes part in sets. `network` has L_haa;
/// `smiles` and `text` are as many; `extra_pads` stand behind the longest of each.
[[nodiscard]] std::vector<std::string> aligned_sets(const AtomasNetwork& network,
                                                    std::span<const LocatedInput> smiles,
                                                    std::span<const LocatedInput> text,
                                                    std::int64_t extra_pads);

}  // namespace cupel::nn
