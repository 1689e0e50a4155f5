#include "metrics/text/ngrams.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <vector>

#include "harness/core/text_hash.h"

namespace cupel::metrics {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};  // an n-gram that the reference lacks

/// (number of the first n−1 tokens, last token) -> number of the n-gram.
class GramTable {
 public:
  explicit GramTable(std::size_t capacity)
      : keys_(std::bit_ceil(2 * capacity + 1)), grams_(keys_.size()), mask_(keys_.size() - 1) {}

  void clear() {
    std::ranges::fill(keys_, kEmpty);
    size_ = 0;
  }
  [[nodiscard]] std::uint32_t insert(std::uint32_t prefix, std::uint32_t token) {
    const std::size_t at = slot(prefix, token);
    if (keys_[at] == kEmpty) {
      keys_[at] = key(prefix, token);
      grams_[at] = size_++;
    }
    return grams_[at];
  }
  [[nodiscard]] std::uint32_t find(std::uint32_t prefix, std::uint32_t token) const {
    const std::size_t at = slot(prefix, token);
    return keys_[at] == kEmpty ? kNone : grams_[at];
  }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  static std::uint64_t key(std::uint32_t prefix, std::uint32_t token) {
    return std::uint64_t{prefix} << 32U | token;
  }
  [[nodiscard]] std::size_t slot(std::uint32_t prefix, std::uint32_t token) const {
    const std::uint64_t wanted = key(prefix, token);
    std::size_t at = mix_bits(wanted) & mask_;
    while (keys_[at] != kEmpty && keys_[at] != wanted) at = (at + 1) & mask_;
    return at;
  }

  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> grams_;
  std::size_t mask_;
  std::uint32_t size_ = 0;
};

/// Pairs each n-gram of the prediction with one of the reference; `free` holds how many are left of
/// each.
std::uint64_t take_matches(std::span<const std::uint32_t> grams, std::span<std::uint32_t> free) {
  std::uint64_t matches = 0;
  for (const std::uint32_t gram : grams) {
    if (gram == kNone || free[gram] == 0) continue;
    --free[gram];
    ++matches;
  }
  return matches;
}

std::uint64_t grams_of_order(std::size_t tokens, std::size_t order) {
  return tokens < order ? 0 : tokens - order + 1;
}

}  // namespace

NgramOverlap count_overlap(std::span<const std::uint32_t> prediction,
                           std::span<const std::uint32_t> reference, std::size_t orders) {
  assert(orders >= 1 && orders <= kMaxOrder);
  NgramOverlap overlap;
  for (std::size_t n = 1; n <= orders; ++n) {
    overlap.predictions[n - 1] = grams_of_order(prediction.size(), n);
    overlap.references[n - 1] = grams_of_order(reference.size(), n);
  }
  if (prediction.empty() || reference.empty()) return overlap;

  // grams[i] is the number of the n-gram that starts at token i.
  std::vector<std::uint32_t> predicted(prediction.begin(), prediction.end());
  std::vector<std::uint32_t> expected(reference.begin(), reference.end());
  std::vector<std::uint32_t> free(prediction.size() + reference.size(), 0);
  for (const std::uint32_t token : expected) ++free[token];
  for (std::uint32_t& token : predicted) {
    if (free[token] == 0) token = kNone;
  }
  overlap.matches[0] = take_matches(predicted, free);

  GramTable table(reference.size());
  for (std::size_t n = 2; n <= orders && overlap.matches[n - 2] > 0; ++n) {
    table.clear();
    std::ranges::fill(free, 0);
    expected.resize(overlap.references[n - 1]);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] = table.insert(expected[i], reference[i + n - 1]);
      ++free[expected[i]];
    }
    predicted.resize(overlap.predictions[n - 1]);
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      if (predicted[i] != kNone) predicted[i] = table.find(predicted[i], prediction[i + n - 1]);
    }
    overlap.matches[n - 1] = take_matches(predicted, free);
  }
  return overlap;
}

}  // namespace cupel::metrics
