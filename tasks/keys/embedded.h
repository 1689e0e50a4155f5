/// The bytes of tasks/keys/*.tsv, made part of the program at build time.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::tasks {

/// (file name, content).
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_keys();

}  // namespace cupel::tasks
