/// What others wrote (models, files, names), in messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cupel {

/// On one line, at most `limit` bytes of it, without anything that could disturb a terminal. The
/// bytes need not be UTF-8.
[[nodiscard]] std::string quote(std::string_view bytes, std::size_t limit = 2000);

}  // namespace cupel
