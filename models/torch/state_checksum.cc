#include "models/torch/state_checksum.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>

#include <ATen/Parallel.h>

#include "harness/core/split_mix.h"
#include "models/torch/optimizer.h"

namespace cupel::nn {
namespace {

constexpr std::int64_t kWord = sizeof(std::uint64_t);
/// Words of one task of a thread.
constexpr std::int64_t kGrain = std::int64_t{1} << 15U;

/// Of words [first, last); `place` is that of the tensor's first word in the whole state. The last
/// word of a tensor is filled up with zeros.
std::uint64_t sum_of(const std::byte* bytes, std::int64_t size, std::int64_t first,
                     std::int64_t last, std::uint64_t place) {
  std::uint64_t sum = 0;
  std::uint64_t key = (place + static_cast<std::uint64_t>(first)) * kSplitMixStep;
  const std::int64_t whole = std::min(last, size / kWord);
  std::int64_t at = first;
  for (; at < whole; ++at, key += kSplitMixStep) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at * kWord, kWord);
    sum += split_mix(word + key);
  }
  if (at < last) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at * kWord, static_cast<std::size_t>(size - at * kWord));
    sum += split_mix(word + key);
  }
  return sum;
}

}  // namespace

std::uint64_t state_checksum(const Parameters& parameters) {
  std::atomic<std::uint64_t> sum = 0;
  std::uint64_t place = 1;
  for (const auto& [name, tensor, trained] : parameters.all()) {
    if (name.starts_with(kAdamState)) continue;
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    const auto* bytes = static_cast<const std::byte*>(plain.const_data_ptr());
    const auto size = static_cast<std::int64_t>(plain.nbytes());
    const std::int64_t words = (size + kWord - 1) / kWord;
    at::parallel_for(0, words, kGrain, [&](std::int64_t first, std::int64_t last) {
      sum.fetch_add(sum_of(bytes, size, first, last, place), std::memory_order_relaxed);
    });
    place += static_cast<std::uint64_t>(words);
  }
  constexpr unsigned kBeyondDouble = 12;
  return split_mix(sum.load()) >> kBeyondDouble;
}

}  // namespace cupel::nn
