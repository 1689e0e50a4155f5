#include "metrics/text/ngrams.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace cupel::metrics {
namespace {

using Ids = std::vector<std::uint32_t>;

std::map<Ids, std::uint64_t> counts(const Ids& ids, std::size_t order) {
  std::map<Ids, std::uint64_t> all;
  for (std::size_t i = 0; i + order <= ids.size(); ++i)
    ++all[Ids(ids.begin() + static_cast<std::ptrdiff_t>(i),
              ids.begin() + static_cast<std::ptrdiff_t>(i + order))];
  return all;
}

std::uint64_t clipped(const Ids& prediction, const Ids& reference, std::size_t order) {
  auto expected = counts(reference, order);
  std::uint64_t matches = 0;
  for (const auto& [gram, count] : counts(prediction, order))
    matches += std::min(count, expected[gram]);
  return matches;
}

TEST_CASE("clipped n-gram counts equal those of a map") {
  std::mt19937 random(11);
  for (int trial = 0; trial < 500; ++trial) {
    Ids prediction(random() % 60);
    Ids reference(random() % 60);
    const auto letters = static_cast<std::uint32_t>(
        1 + random() % std::max<std::size_t>(1, (prediction.size() + reference.size()) / 2));
    for (auto& id : prediction) id = static_cast<std::uint32_t>(random() % letters);
    for (auto& id : reference) id = static_cast<std::uint32_t>(random() % letters);
    const NgramOverlap overlap = count_overlap(prediction, reference, kMaxOrder);
    for (std::size_t n = 1; n <= kMaxOrder; ++n) {
      REQUIRE(overlap.matches[n - 1] == clipped(prediction, reference, n));
      REQUIRE(overlap.predictions[n - 1] ==
              (prediction.size() < n ? 0 : prediction.size() - n + 1));
      REQUIRE(overlap.references[n - 1] == (reference.size() < n ? 0 : reference.size() - n + 1));
    }
  }
}

TEST_CASE("only the orders that were asked for are counted") {
  const NgramOverlap overlap = count_overlap(Ids{0, 1, 2}, Ids{0, 1, 2}, 2);
  CHECK(overlap.matches == std::array<std::uint64_t, kMaxOrder>{3, 2, 0, 0});
  CHECK(overlap.predictions == std::array<std::uint64_t, kMaxOrder>{3, 2, 0, 0});
}

}  // namespace
}  // namespace cupel::metrics
