/// Which settings two runs do not share.
#pragma once

#include <string>
#include <vector>

#include "harness/core/comparison.h"

namespace cupel {

/// The scalars of two JSON documents that differ, by key; `part` is copied into each. An empty
/// array or object counts as a scalar, so that adding one is seen. `origin` starts the message of
/// the Error{kUsage} that a document which is no JSON throws.
[[nodiscard]] std::vector<SettingDifference> differing_settings(const std::string& part,
                                                                const std::string& baseline,
                                                                const std::string& candidate,
                                                                const std::string& origin);

}  // namespace cupel
