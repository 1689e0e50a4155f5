#include "models/torch/batches.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <ATen/ops/full.h>

#include "harness/core/split_mix.h"
#include "models/torch/t5_config.h"

namespace cupel::nn {

at::Tensor pad_rows(std::span<const Ids> all, std::span<const std::size_t> chosen,
                    std::int64_t length) {
  if (length == 0) {
    for (const std::size_t row : chosen)
      length = std::max(length, static_cast<std::int64_t>(all[row].size()));
  }
  at::Tensor out = at::full({static_cast<std::int64_t>(chosen.size()), length}, kPad, at::kLong);
  auto* at = out.mutable_data_ptr<std::int64_t>();
  for (const std::size_t row : chosen) {
    std::ranges::copy(all[row], at);
    at += length;
  }
  return out;
}

EpochOrder::EpochOrder(std::size_t examples, std::size_t batch, std::uint64_t seed)
    : batch_(std::min(batch, examples)), groups_(examples / batch_), seed_(seed), order_(examples) {
  shuffle(0);
}

void EpochOrder::shuffle(std::size_t epoch) {
  epoch_ = epoch;
  std::iota(order_.begin(), order_.end(), 0);
  SplitMix64 random(split_mix(seed_ + kSplitMixStep * (epoch + 1)));
  for (std::size_t left = order_.size(); left > 1; --left)
    std::swap(order_[left - 1], order_[random.below(left)]);
}

std::span<const std::size_t> EpochOrder::group(std::size_t step) {
  if (step / groups_ != epoch_) shuffle(step / groups_);
  return std::span(order_).subspan((step % groups_) * batch_, batch_);
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
