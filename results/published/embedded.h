/// The bytes of results/published/*.csv, made part of the program at build time.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::results {

/// (file name, content).
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_published();

}  // namespace cupel::results
