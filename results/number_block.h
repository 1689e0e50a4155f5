/// Many numbers in few bytes, without loss: statistics are mostly small counts.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::results {

/// Little endian, all numbers of one width: one byte or two when all are whole and that small (and
/// none is −0), or else eight, their IEEE 754 doubles.
[[nodiscard]] std::string pack_numbers(std::span<const double> numbers);

/// `count` numbers (at least one), or nothing when `bytes` has no length that they could have.
[[nodiscard]] std::optional<std::vector<double>> unpack_numbers(std::string_view bytes,
                                                                std::size_t count);

}  // namespace cupel::results
