/// The bits that a fingerprint has set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/chem/fingerprint.h"

namespace cupel::models {

/// Calls `visit(bit)` for each set bit, in rising order.
template <typename Visit>
void for_each_set_bit(const chem::BitFingerprint& print, Visit visit) {
  for (std::size_t word = 0; word < print.words.size(); ++word) {
    for (std::uint64_t rest = print.words[word]; rest != 0; rest &= rest - 1)
      visit(word * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  }
}

}  // namespace cupel::models
