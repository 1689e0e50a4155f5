/// The bytes of tasks/datasets/*.json, made part of the program at build time.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::tasks {

/// (file name, content), in the order in which they are listed.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_datasets();

}  // namespace cupel::tasks
