#include "models/torch/batches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <ATen/ops/full.h>

#include "harness/core/split_mix.h"
#include "models/torch/t5_config.h"

namespace cupel::nn {

at::Tensor pad_rows(std::span<const Ids> all, std::span<const std::size_t> chosen,
                    std::int64_t length, std::int64_t extra) {
  if (length == 0) {
    for (const std::size_t row : chosen)
      length = std::max(length, static_cast<std::int64_t>(all[row].size()));
    length += extra;
  }
  at::Tensor out = at::full({static_cast<std::int64_t>(chosen.size()), length}, kPad, at::kLong);
  auto* at = out.mutable_data_ptr<std::int64_t>();
  for (const std::size_t row : chosen) {
    std::ranges::copy(all[row], at);
    at += length;
  }
  return out;
}

std::uint64_t seed_of(std::uint64_t seed, const Ids& row) {
  std::uint64_t mixed = split_mix(seed + kSplitMixStep);
  for (const std::int32_t id : row)
    mixed = split_mix((mixed ^ static_cast<std::uint64_t>(id)) + kSplitMixStep);
  return mixed;
}

EpochOrder::EpochOrder(std::vector<std::size_t> lengths, std::size_t batch, std::size_t bucket,
                       std::uint64_t seed)
    : lengths_(std::move(lengths)),
      batch_(std::min(batch, lengths_.size())),
      bucket_(bucket),
      groups_(lengths_.size() / batch_),
      seed_(seed),
      order_(lengths_.size()) {
  shuffle(0);
}

void EpochOrder::shuffle(std::size_t epoch) {
  epoch_ = epoch;
  std::iota(order_.begin(), order_.end(), 0);
  SplitMix64 random(split_mix(seed_ + kSplitMixStep * (epoch + 1)));
  for (std::size_t left = order_.size(); left > 1; --left)
    std::swap(order_[left - 1], order_[random.below(left)]);
  places_.resize(groups_);
  std::iota(places_.begin(), places_.end(), 0);
  if (bucket_ < 2) return;
  for (std::size_t first = 0; first < order_.size(); first += bucket_ * batch_) {
    const std::size_t count = std::min(bucket_ * batch_, order_.size() - first);
    std::ranges::stable_sort(std::span(order_).subspan(first, count), {},
                             [&](std::size_t example) { return lengths_[example]; });
  }
  for (std::size_t left = groups_; left > 1; --left)
    std::swap(places_[left - 1], places_[random.below(left)]);
}

std::span<const std::size_t> EpochOrder::group(std::size_t step) {
  if (step / groups_ != epoch_) shuffle(step / groups_);
  return std::span(order_).subspan(places_[step % groups_] * batch_, batch_);
}

std::vector<std::vector<std::size_t>> groups_by_length(std::span<const Ids> all, std::size_t rows,
                                                       std::size_t tokens) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return all[a].size() > all[b].size(); });
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t example : order) {
    const bool full = groups.empty() || groups.back().size() == rows ||
                      (groups.back().size() + 1) * all[groups.back().front()].size() > tokens;
    if (full) groups.emplace_back();
    groups.back().push_back(example);
  }
  return groups;
}

}  // namespace cupel::nn
