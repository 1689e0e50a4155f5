#include "results/number_block.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace {

using cupel::results::pack_numbers;
using cupel::results::unpack_numbers;

std::vector<std::uint64_t> bits(const std::vector<double>& numbers) {
  std::vector<std::uint64_t> all;
  for (const double number : numbers) all.push_back(std::bit_cast<std::uint64_t>(number));
  return all;
}

/// Packs, checks the width in bytes, and that the same bits come back.
void check_exact(const std::vector<double>& numbers, std::size_t width) {
  const std::string packed = pack_numbers(numbers);
  CHECK(packed.size() == width * numbers.size());
  const auto unpacked = unpack_numbers(packed, numbers.size());
  REQUIRE(unpacked);
  CHECK(bits(*unpacked) == bits(numbers));
}

}  // namespace

TEST_CASE("numbers are packed in the least width that keeps every bit") {
  check_exact({0}, 1);
  check_exact({0, 1, 255}, 1);
  check_exact({0, 256}, 2);
  check_exact({65'535, 0, 255}, 2);
  check_exact({65'536, 0}, 8);
  check_exact({-1, 0}, 8);
  check_exact({0.5, 1}, 8);
  check_exact({-0.0, 1}, 8);
  check_exact({std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()},
              8);
  check_exact({std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()}, 8);
  check_exact({std::bit_cast<double>(0x7FF8000000000123ULL),
               std::bit_cast<double>(0xFFF0000000000001ULL), 3},
              8);
}

TEST_CASE("blocks are little endian") {
  CHECK(pack_numbers(std::vector<double>{1, 0x0203}) == std::string("\1\0\3\2", 4));
  CHECK(pack_numbers(std::vector<double>{-2.0}) == std::string("\0\0\0\0\0\0\0\xC0", 8));
}

TEST_CASE("random blocks come back bit for bit") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 300; ++round) {
    const int kind = round % 3;
    std::vector<double> numbers(1 + random() % 5000);
    for (double& number : numbers) {
      number = kind == 0   ? static_cast<double>(random() % 256)
               : kind == 1 ? static_cast<double>(random() % 65'536)
                           : std::bit_cast<double>(random());
    }
    const auto unpacked = unpack_numbers(pack_numbers(numbers), numbers.size());
    REQUIRE(unpacked);
    REQUIRE(bits(*unpacked) == bits(numbers));
  }
}

TEST_CASE("bytes that cannot be so many numbers are refused") {
  CHECK_FALSE(unpack_numbers("", 0));
  CHECK_FALSE(unpack_numbers("a", 0));
  CHECK_FALSE(unpack_numbers("", 1));
  CHECK_FALSE(unpack_numbers("abc", 1));
  CHECK_FALSE(unpack_numbers("abcd", 1));
  CHECK_FALSE(unpack_numbers("abc", 2));
  CHECK_FALSE(unpack_numbers(std::string(16, 'x'), 1));
  CHECK(unpack_numbers("ab", 1));
  CHECK(unpack_numbers("ab", 2));
}
