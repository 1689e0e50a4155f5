/// The suite's sets of molecule-text pairs.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "tasks/suite/suite.h"

namespace cupel::tasks::suite {

/// Texts are not longer (bytes): 128 pieces of a vocabulary of 600 hold them
/// (tests/oracle/suite_check.py --pieces).
inline constexpr std::size_t kLongestText = 320;

/// Files of "mini-chebi-20", "mini-pcdes" or "mini-pubchemstm-distill" (see make_suite_set).
[[nodiscard]] std::vector<SuiteFile> make_pair_set(std::string_view set,
                                                   const SuiteOptions& options);

}  // namespace cupel::tasks::suite
