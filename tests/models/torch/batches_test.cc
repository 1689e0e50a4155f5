#include "models/torch/batches.h"

#include <algorithm>
#include <set>

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>

namespace cupel::nn {
namespace {

std::vector<std::size_t> equal(std::size_t examples) {
  return std::vector(examples, std::size_t{1});
}

TEST_CASE("Rows are filled up to the longest, or to a length", "[torch]") {
  const std::vector<Ids> all = {{5, 1}, {7, 8, 9, 1}, {6, 6, 1}};
  const std::vector<std::size_t> chosen = {2, 0};
  const at::Tensor expected = at::tensor({6, 6, 1, 5, 1, 0}).view({2, 3}).to(at::kLong);
  CHECK(at::equal(pad_rows(all, chosen), expected));
  const at::Tensor wide = pad_rows(all, chosen, 5);
  CHECK(wide.size(1) == 5);
  CHECK(at::equal(wide.narrow(1, 0, 3), expected));
  CHECK(wide.narrow(1, 3, 2).sum().item<std::int64_t>() == 0);
}

TEST_CASE("Each epoch has every example once but for what fills no batch", "[torch]") {
  EpochOrder order(equal(23), 5, 1, 7);
  CHECK(order.steps_per_epoch() == 4);
  std::vector<std::vector<std::size_t>> epochs;
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    std::vector<std::size_t> seen;
    for (std::size_t step = 0; step < 4; ++step) {
      const auto group = order.group(epoch * 4 + step);
      seen.insert(seen.end(), group.begin(), group.end());
    }
    const std::set<std::size_t> distinct(seen.begin(), seen.end());
    CHECK(distinct.size() == 20);
    CHECK(*distinct.rbegin() < 23);
    epochs.push_back(seen);
  }
  CHECK(epochs[0] != epochs[1]);
  CHECK(epochs[1] != epochs[2]);
}

TEST_CASE("A step's batch does not depend on what was asked before", "[torch]") {
  EpochOrder forward(equal(100), 8, 1, 3);
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t step = 0; step < 40; ++step) {
    const auto group = forward.group(step);
    groups.emplace_back(group.begin(), group.end());
  }
  EpochOrder resumed(equal(100), 8, 1, 3);
  for (const std::size_t step : {39U, 12U, 25U, 0U})
    CHECK(std::ranges::equal(resumed.group(step), groups[step]));
  EpochOrder other(equal(100), 8, 1, 4);
  CHECK_FALSE(std::ranges::equal(other.group(0), groups[0]));
}

TEST_CASE("Batches of a bucket are cut by length, and come in any order", "[torch]") {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 400; ++i) lengths.push_back(1 + i * 7919 % 97);
  const auto pads = [&](std::size_t bucket, bool& rising) {
    EpochOrder order(lengths, 8, bucket, 5);
    std::set<std::size_t> seen;
    std::size_t sum = 0;
    std::size_t last = 0;
    rising = true;
    for (std::size_t step = 0; step < order.steps_per_epoch(); ++step) {
      std::size_t longest = 0;
      for (const std::size_t example : order.group(step)) {
        seen.insert(example);
        longest = std::max(longest, lengths[example]);
      }
      for (const std::size_t example : order.group(step)) sum += longest - lengths[example];
      rising = rising && longest >= last;
      last = longest;
    }
    CHECK(seen.size() == 400);
    return sum;
  };
  bool rising = false;
  const std::size_t plain = pads(1, rising);
  CHECK(4 * pads(10, rising) < plain);
  CHECK_FALSE(rising);
}

TEST_CASE("With fewer examples than a batch all of them are each batch", "[torch]") {
  EpochOrder order(equal(3), 16, 1, 1);
  CHECK(order.group(0).size() == 3);
  CHECK(order.group(9).size() == 3);
}

TEST_CASE("Groups hold every example once, rows of similar length, within their bounds",
          "[torch]") {
  std::vector<Ids> all;
  for (std::size_t i = 0; i < 200; ++i) all.emplace_back(1 + i * 37 % 90, 4);
  const auto groups = groups_by_length(all, 16, 400);
  std::multiset<std::size_t> seen;
  std::size_t last = 1000;
  for (const auto& group : groups) {
    CHECK(group.size() <= 16);
    CHECK((group.size() == 1 || group.size() * all[group.front()].size() <= 400));
    for (const std::size_t example : group) {
      CHECK(all[example].size() <= last);
      last = all[example].size();
      seen.insert(example);
    }
  }
  CHECK(seen.size() == 200);
  CHECK(std::set(seen.begin(), seen.end()).size() == 200);
}

}  // namespace
}  // namespace cupel::nn
