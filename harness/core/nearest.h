/// "Did you mean …?": the known name closest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cupel {

/// The known name with the smallest edit distance to `name`, if that distance is at most a third of
/// the longer of the two (so that unrelated names are not offered); otherwise empty.
[[nodiscard]] std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// A hint for an unknown name: "did you mean 'x'?" when one is near, otherwise the list of known
/// names.
[[nodiscard]] std::string suggest(std::string_view name, std::span<const std::string> known);

}  // namespace cupel
