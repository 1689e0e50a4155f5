/// Token ids as tensors, and the order in which training sees its examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

using Ids = std::vector<std::int32_t>;

/// The chosen rows, filled up with pads to the longest and `extra` more, or to `length` if that is
/// not 0: [rows, N] int64.
[[nodiscard]] at::Tensor pad_rows(std::span<const Ids> all, std::span<const std::size_t> chosen,
                                  std::int64_t length = 0, std::int64_t extra = 0);

/// A seed that follows from a seed and the tokens of a row, wherever the row stands.
[[nodiscard]] std::uint64_t seed_of(std::uint64_t seed, const Ids& row);

/// Groups of `batch` examples, shuffled anew in each epoch, none of them smaller: what is left of
/// an epoch is left out (the released loader's drop_last). Any step's group follows from the seed
/// and the step alone, so that an interrupted training goes on without a state.
class EpochOrder {
 public:
  /// `lengths` are the examples' (there is one), `batch` > 0. With fewer examples than a batch all
  /// of them are each batch. `bucket`: so many batches are drawn together and cut by length, so
  /// that a batch has few pads; 1: no such thing.
  EpochOrder(std::vector<std::size_t> lengths, std::size_t batch, std::size_t bucket,
             std::uint64_t seed);

  [[nodiscard]] std::size_t steps_per_epoch() const { return groups_; }
  [[nodiscard]] std::span<const std::size_t> group(std::size_t step);

 private:
  void shuffle(std::size_t epoch);

  std::vector<std::size_t> lengths_;
  std::size_t batch_;
  std::size_t bucket_;
  std::size_t groups_;
  std::uint64_t seed_;
  std::size_t epoch_ = 0;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> places_;  // of the groups, by step in the epoch
};

/// `examples` numbers from 0 in groups of similar length, longest first, each of at most `rows` and
/// at most `tokens` with pads: what prediction computes together.
[[nodiscard]] std::vector<std::vector<std::size_t>> groups_by_length(std::span<const Ids> all,
                                                                     std::size_t rows,
                                                                     std::size_t tokens);

}  // namespace cupel::nn
