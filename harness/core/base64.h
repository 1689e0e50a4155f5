/// Base64 (RFC 4648, section 4): bytes as text.
#pragma once

#include <string>
#include <string_view>

namespace cupel {

/// With padding, on one line.
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace cupel
