#include "metrics/text/rouge.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "harness/core/utf8.h"
#include "metrics/pair.h"
#include "metrics/text/ngrams.h"

namespace cupel::metrics {
namespace {

constexpr std::size_t kWordBits = 64;

double f_measure(double overlap, double predictions, double references) {
  const double precision = overlap / std::max(predictions, 1.0);
  const double recall = overlap / std::max(references, 1.0);
  return precision + recall > 0.0 ? 2.0 * precision * recall / (precision + recall) : 0.0;
}

class Rouge final : public MeanMetric {
 public:
  explicit Rouge(RougeKind kind) : kind_(kind) {}

 private:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    const TokenPair& words = pair.words();
    const std::span<const std::uint32_t> prediction = words.prediction_ids;
    const std::span<const std::uint32_t> reference = words.reference_ids;
    if (kind_ == RougeKind::kLongestSequence) {
      return {f_measure(static_cast<double>(longest_common_subsequence(prediction, reference)),
                        static_cast<double>(prediction.size()),
                        static_cast<double>(reference.size()))};
    }
    const std::size_t order = kind_ == RougeKind::kUnigrams ? 1 : 2;
    const NgramOverlap overlap = count_overlap(prediction, reference, order);
    return {f_measure(static_cast<double>(overlap.matches[order - 1]),
                      static_cast<double>(overlap.predictions[order - 1]),
                      static_cast<double>(overlap.references[order - 1]))};
  }

  RougeKind kind_;
};

/// The lower-case letter or digit that a byte stands for, 0 for a separator.
constexpr std::array<char, 256> kWordBytes = [] {
  std::array<char, 256> table{};
  for (unsigned c = 0; c < 0x80; ++c) {
    const char lower = ascii_lower(static_cast<char>(c));
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) table[c] = lower;
  }
  return table;
}();

/// The letters and digits of Python's text.lower(), everything else as '\0'.
std::string folded(std::string_view text) {
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* to, std::size_t) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte < 0x80) {
        to[size++] = kWordBytes[byte];
      } else if (text.substr(i).starts_with("\u212A")) {
        to[size++] = 'k';
        i += 2;
      } else if (text.substr(i).starts_with("\u0130")) {
        to[size++] = 'i';
        to[size++] = '\0';
        i += 1;
      } else {
        to[size++] = '\0';
      }
    }
    return size;
  });
  return out;
}

}  // namespace

std::unique_ptr<PairMetric> make_rouge(RougeKind kind) { return std::make_unique<Rouge>(kind); }

Tokens rouge_words(std::string_view text) {
  Tokens tokens;
  const std::string& letters = tokens.owned.emplace_back(folded(text));
  tokens.views.reserve(letters.size() / 4 + 1);
  for (std::size_t at = 0; at < letters.size();) {
    const std::size_t end = std::min(letters.find('\0', at), letters.size());
    if (end > at) tokens.views.emplace_back(letters.data() + at, end - at);
    at = end + 1;
  }
  return tokens;
}

std::size_t longest_common_subsequence(std::span<const std::uint32_t> a,
                                       std::span<const std::uint32_t> b) {
  if (a.empty() || b.empty()) return 0;
  const std::size_t width = (b.size() + kWordBits - 1) / kWordBits;
  const std::size_t distinct = std::max(std::ranges::max(a), std::ranges::max(b)) + std::size_t{1};
  std::vector<std::uint64_t> places(distinct * width, 0);  // where in b each token stands
  for (std::size_t i = 0; i < b.size(); ++i)
    places[b[i] * width + i / kWordBits] |= std::uint64_t{1} << (i % kWordBits);
  // A zero bit at i: the best sequence over b[0 … i] is one longer than over b[0 … i−1].
  std::vector<std::uint64_t> column(width, ~std::uint64_t{0});
  for (const std::uint32_t token : a) {
    std::uint64_t carry = 0;
    for (std::size_t w = 0; w < width; ++w) {
      const std::uint64_t old = column[w];
      const std::uint64_t hits = old & places[token * width + w];
      const std::uint64_t partial = old + hits;
      const std::uint64_t sum = partial + carry;
      carry = static_cast<std::uint64_t>(partial < old) | static_cast<std::uint64_t>(sum < partial);
      column[w] = sum | (old & ~hits);
    }
  }
  const std::size_t unused = width * kWordBits - b.size();
  column.back() |= unused == 0 ? 0 : ~std::uint64_t{0} << (kWordBits - unused);
  std::size_t length = 0;
  for (const std::uint64_t word : column) length += static_cast<std::size_t>(std::popcount(~word));
  return length;
}

}  // namespace cupel::metrics
