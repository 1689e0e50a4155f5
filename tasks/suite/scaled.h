/// Numbers of rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace cupel::tasks::suite {

/// `rows` times `scale`, rounded, and never so few that a split would be empty.
[[nodiscard]] inline std::size_t scaled(std::size_t rows, double scale) {
  return std::max<std::size_t>(
      10, static_cast<std::size_t>(std::llround(static_cast<double>(rows) * scale)));
}

}  // namespace cupel::tasks::suite
