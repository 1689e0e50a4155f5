/// The published schemas (harness/plan/*.schema.json), as they were when the program was built.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel {

/// (file name, bytes).
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_schemas();

}  // namespace cupel
