#include "models/torch/state_checksum.h"

#include <bit>
#include <cstdint>
#include <cstdio>
#include <set>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/split_mix.h"
#include "models/torch/optimizer.h"

namespace cupel::nn {
namespace {

/// Two tensors that are trained, of odd sizes, and a queue; some 100,000 numbers.
struct Made {
  Made() {
    const Initializer random(3);
    first = all.add("first", random.normal("first", {333, 301}, 0.02));
    second = all.add("second", random.normal("second", {7}, 0.02));
    queue = all.add_state("queue", random.normal("queue", {5, 3}, 1.0));
  }
  Parameters all;
  at::Tensor first, second, queue;
};

float* numbers(const at::Tensor& tensor) { return tensor.detach().mutable_data_ptr<float>(); }

/// The next number.
void add_ulp(float& value) {
  value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) + 1);
}

TEST_CASE("One ulp of any number changes the checksum of the state", "[torch]") {
  const Made made;
  const std::uint64_t before = state_checksum(made.all);
  CHECK(before < std::uint64_t{1} << 52U);
  CHECK(static_cast<std::uint64_t>(static_cast<double>(before)) == before);
  CHECK(state_checksum(Made().all) == before);
  std::set<std::uint64_t> seen = {before};
  std::size_t changes = 1;
  SplitMix64 random(1);
  for (const at::Tensor& tensor : {made.first, made.second, made.queue}) {
    const auto size = static_cast<std::size_t>(tensor.numel());
    std::set<std::size_t> places = {0, size - 1};
    while (places.size() < std::min<std::size_t>(size, 200)) places.insert(random.below(size));
    for (const std::size_t place : places) {
      float& value = numbers(tensor)[place];
      const float was = value;
      add_ulp(value);
      seen.insert(state_checksum(made.all));
      ++changes;
      value = was;
    }
  }
  CHECK(seen.size() == changes);
  CHECK(state_checksum(made.all) == before);
}

TEST_CASE("Numbers that change places change the checksum of the state", "[torch]") {
  const Made made;
  const std::uint64_t before = state_checksum(made.all);
  const auto after_swap = [&](float& one, float& other) {
    std::swap(one, other);
    const std::uint64_t sum = state_checksum(made.all);
    std::swap(one, other);
    return sum;
  };
  float* first = numbers(made.first);
  CHECK(after_swap(first[0], first[1]) != before);  // within a word
  CHECK(after_swap(first[0], first[2]) != before);
  CHECK(after_swap(first[17], first[90'001]) != before);
  CHECK(after_swap(first[0], numbers(made.second)[0]) != before);
  CHECK(after_swap(numbers(made.second)[6], numbers(made.queue)[0]) != before);
  CHECK(state_checksum(made.all) == before);
}

TEST_CASE("The checksum of the state depends on no thread, layout or moment of the optimiser",
          "[torch]") {
  const int threads = at::get_num_threads();
  std::set<std::uint64_t> seen;
  for (const int count : {1, 2, 3, 7}) {
    at::set_num_threads(count);
    seen.insert(state_checksum(Made().all));
  }
  at::set_num_threads(threads);
  Made made;
  const Adam adam(made.all, {});
  seen.insert(state_checksum(made.all));
  Parameters strided;
  strided.add("first", made.first.detach().t().contiguous().t());
  CHECK_FALSE(strided.get("first").is_contiguous());
  strided.add("second", made.second.detach());
  strided.add_state("queue", made.queue);
  seen.insert(state_checksum(strided));
  CHECK(seen.size() == 1);
}

TEST_CASE("The checksum of a state of whole numbers is the sum that the header tells", "[torch]") {
  Parameters state;
  state.add_state("steps", at::arange(3, at::kInt));
  state.add_state("more", at::arange(2, at::kLong));
  // Words of 0 and 1, 2 and padding, 0, 1.
  std::uint64_t sum = 0;
  std::uint64_t place = 0;
  for (const std::uint64_t word :
       {std::uint64_t{1} << 32U, std::uint64_t{2}, std::uint64_t{0}, std::uint64_t{1}})
    sum += split_mix(word + ++place * kSplitMixStep);
  CHECK(state_checksum(state) == split_mix(sum) >> 12U);
}

}  // namespace
}  // namespace cupel::nn
