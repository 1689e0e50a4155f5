/// What chance makes of found sets: controls that keep their sizes.
#pragma once

#include <cstdint>

#include "harness/core/split_mix.h"
#include "metrics/alignment/found_sets.h"

namespace cupel::metrics {

enum class Control : std::uint8_t {
  kShuffled,   ///< the tokens of each side in random order: the sizes of the sets are kept
  kRotated,    ///< the sets moved on by a random number of tokens on each side, the last to the
               ///< front: neighbours stay together, as in sets that are runs of tokens
  kRematched,  ///< the matches of the text's sets in random order: the sets are kept
};

/// One random change of that kind, of all levels alike. A single draw, and not a mean of many:
/// under the hypothesis that only chance is at work, the found sets and one draw can be exchanged,
/// which is what a permutation test needs.
[[nodiscard]] FoundSets changed(FoundSets found, Control control, SplitMix64& random);

}  // namespace cupel::metrics
