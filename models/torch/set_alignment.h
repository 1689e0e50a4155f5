/// Which tokens of a text and of a SMILES the hierarchical alignment puts together.
#pragma once

#include <cstddef>
#include <string>

#include "models/text/t5_vocabulary.h"
#include "models/torch/atomas_network.h"

namespace cupel::nn {

/// One side of a pair.
struct LocatedInput {
  T5Vocabulary::Located tokens;
  std::size_t size = 0;  ///< bytes of the input
};

/// The answer of the capability "alignment" (metrics/alignment/found_sets.h has its form): for each
/// level of L_haa the set of each byte, and for each set of the text the one of the molecule whose
/// cosine is the largest, as in the token interaction of that level. Computed with online weights,
/// without noise, and alone: no other example has a part. `network` has L_haa. Of several tokens of
/// one character the last counts. kEos has no byte, but takes part in sets.
[[nodiscard]] std::string aligned_sets(const AtomasNetwork& network, const LocatedInput& smiles,
                                       const LocatedInput& text);

}  // namespace cupel::nn
