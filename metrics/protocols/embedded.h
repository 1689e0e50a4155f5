/// The bytes of metrics/protocols/*.json, made part of the program at build time.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::metrics {

/// (file name, content), in the order in which they are listed.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_protocols();

}  // namespace cupel::metrics
