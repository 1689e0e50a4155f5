/// Which settings two runs do not share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/comparison.h"

namespace cupel {

/// The scalars of a JSON document by key, printed; nested keys and places in arrays are separated
/// by dots. An empty array or object counts as a scalar, so that adding one is seen. `origin`
/// starts the message of the Error{kUsage} that a document which is no JSON throws.
using FlatSettings = std::map<std::string, std::string>;
[[nodiscard]] FlatSettings flat_settings(const std::string& document, const std::string& origin);

/// The keys that are not the same in both, in their order; `part` is copied into each.
[[nodiscard]] std::vector<SettingDifference> differing_settings(const std::string& part,
                                                                const FlatSettings& baseline,
                                                                const FlatSettings& candidate);

/// The scalars of two JSON documents that differ. Throws like flat_settings.
[[nodiscard]] std::vector<SettingDifference> differing_settings(const std::string& part,
                                                                const std::string& baseline,
                                                                const std::string& candidate,
                                                                const std::string& origin);

}  // namespace cupel
