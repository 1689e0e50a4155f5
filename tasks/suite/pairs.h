/// The suite's sets of molecule-text pairs.
#pragma once

#include <string_view>
#include <vector>

#include "tasks/suite/suite.h"

namespace cupel::tasks::suite {

/// Files of "mini-chebi-20", "mini-pcdes" or "mini-pubchemstm-distill" (see make_suite_set).
[[nodiscard]] std::vector<SuiteFile> make_pair_set(std::string_view set,
                                                   const SuiteOptions& options);

}  // namespace cupel::tasks::suite
