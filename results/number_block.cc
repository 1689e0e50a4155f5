#include "results/number_block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace cupel::results {
namespace {

std::size_t width_of(std::span<const double> numbers) {
  double largest = 0.0;
  for (const double number : numbers) {
    if (!(number >= 0 && number <= 65'535) || number != std::floor(number) || std::signbit(number))
      return 8;
    largest = std::max(largest, number);
  }
  return largest <= 255 ? 1 : 2;
}

}  // namespace

std::string pack_numbers(std::span<const double> numbers) {
  const std::size_t width = width_of(numbers);
  std::string bytes;
  bytes.reserve(numbers.size() * width);
  for (const double number : numbers) {
    const std::uint64_t bits =
        width == 8 ? std::bit_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>((bits >> (8 * i)) & 0xFFU);
  }
  return bytes;
}

std::optional<std::vector<double>> unpack_numbers(std::string_view bytes, std::size_t count) {
  if (count == 0 || bytes.size() % count != 0) return std::nullopt;
  const std::size_t width = bytes.size() / count;
  if (width != 1 && width != 2 && width != 8) return std::nullopt;
  std::vector<double> numbers(count);
  for (std::size_t n = 0; n < count; ++n) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < width; ++i)
      bits |= std::uint64_t{static_cast<unsigned char>(bytes[n * width + i])} << (8 * i);
    numbers[n] = width == 8 ? std::bit_cast<double>(bits) : static_cast<double>(bits);
  }
  return numbers;
}

}  // namespace cupel::results
