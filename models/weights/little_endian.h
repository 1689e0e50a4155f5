/// Numbers in the bytes of a file.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace cupel::models {

static_assert(std::endian::native == std::endian::little, "weights are used as they lie in files");

/// The little-endian number that starts at byte `at`; the caller has checked that it is inside.
template <typename Number>
[[nodiscard]] Number read_little(std::string_view bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace cupel::models
