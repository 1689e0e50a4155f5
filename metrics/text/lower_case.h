/// Lower case as Python's str.lower() makes it.
#pragma once

#include <string>
#include <string_view>

namespace cupel::metrics {

/// True when lower_case(text) may differ from text: it has a capital ASCII letter or anything
/// outside ASCII.
[[nodiscard]] bool may_change_case(std::string_view text);

/// Unicode's full, locale-independent mapping: U+0130 becomes two code points, a final capital
/// sigma becomes U+03C2. `text` is well-formed UTF-8.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace cupel::metrics
