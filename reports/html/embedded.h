/// The parts of the page as text: the template, the style, the scripts, and Chart.js.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::reports {

/// Pairs of file name and contents, made from this folder when the program is built.
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_page();

}  // namespace cupel::reports
