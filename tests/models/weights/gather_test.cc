#include "models/weights/gather.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"

namespace cupel::models {
namespace {

using Sizes = std::vector<std::int64_t>;

TEST_CASE("layouts are told apart") {
  CHECK(layout_of(Sizes{}, Sizes{}) == Layout::kContiguous);
  CHECK(layout_of(Sizes{2, 3}, Sizes{3, 1}) == Layout::kContiguous);
  CHECK(layout_of(Sizes{2, 1, 3}, Sizes{3, 77, 1}) == Layout::kContiguous);
  CHECK(layout_of(Sizes{1, 1}, Sizes{0, 9}) == Layout::kContiguous);
  CHECK(layout_of(Sizes{2, 0}, Sizes{5, 5}) == Layout::kContiguous);
  CHECK(layout_of(Sizes{2, 3}, Sizes{1, 2}) == Layout::kPermuted);
  CHECK(layout_of(Sizes{2, 3, 4}, Sizes{1, 8, 2}) == Layout::kPermuted);
  CHECK(layout_of(Sizes{2, 3}, Sizes{4, 1}) == Layout::kOther);
  CHECK(layout_of(Sizes{2, 3}, Sizes{0, 1}) == Layout::kOther);
  CHECK(layout_of(Sizes{2, 2}, Sizes{1, 1}) == Layout::kOther);
  CHECK(layout_of(Sizes{5}, Sizes{2}) == Layout::kOther);
}

/// The element at row-major place `i` of the permuted tensor, by division.
std::size_t place(std::size_t i, const Sizes& shape, const Sizes& strides) {
  std::int64_t at = 0;
  for (std::size_t d = shape.size(); d-- > 0;) {
    at += static_cast<std::int64_t>(i) % shape[d] * strides[d];
    i /= static_cast<std::size_t>(shape[d]);
  }
  return static_cast<std::size_t>(at);
}

TEST_CASE("any permutation of any shape is gathered, in every width") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const std::size_t element = std::size_t{1} << random() % 4;
    Sizes shape(1 + random() % 4);
    for (auto& size : shape)
      size = 1 + static_cast<std::int64_t>(random() % (round % 10 == 0 ? 70 : 6));
    std::vector<std::size_t> order(shape.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    Sizes strides(shape.size());
    std::int64_t count = 1;
    for (const std::size_t d : order) {
      strides[d] = count;
      count *= shape[d];
    }
    if (count > 100'000) continue;
    std::vector<std::byte> storage(static_cast<std::size_t>(count) * element);
    std::ranges::generate(storage, [&] { return static_cast<std::byte>(random()); });
    const std::string origin = "f";
    Gatherer gatherer(storage.size(), origin);
    const auto copy = gatherer.gathered(storage.data(), element, shape, strides);
    REQUIRE(copy.size() == storage.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (std::memcmp(copy.data() + i * element,
                      storage.data() + place(i, shape, strides) * element, element) != 0)
        FAIL("element " << i << " of round " << round);
    }
    CHECK_THROWS_AS(gatherer.gathered(storage.data(), element, shape, strides), Error);
  }
}

TEST_CASE("only what is not aligned is copied") {
  alignas(8) std::byte bytes[16] = {};
  const std::string origin = "f";
  Gatherer gatherer(8, origin);
  CHECK(gatherer.aligned({bytes, 8}, 8).data() == bytes);
  CHECK(gatherer.aligned({bytes + 2, 8}, 2).data() == bytes + 2);
  CHECK(gatherer.aligned({bytes + 2, 8}, 4).data() != bytes + 2);
  CHECK(gatherer.take().size() == 1);
}

}  // namespace
}  // namespace cupel::models
