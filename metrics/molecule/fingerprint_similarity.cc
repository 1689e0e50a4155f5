#include "metrics/molecule/fingerprint_similarity.h"

#include <cassert>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "metrics/molecule/invalid_rule.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

double maccs_similarity(const MoleculeFacts& a, const MoleculeFacts& b) {
  return chem::tanimoto(a.maccs(), b.maccs());
}

double rdk_similarity(const MoleculeFacts& a, const MoleculeFacts& b) {
  return chem::tanimoto(a.rdk(), b.rdk());
}

double morgan_similarity(const MoleculeFacts& a, const MoleculeFacts& b) {
  return a.morgan_bit_count() == 0 ? chem::tanimoto(a.morgan_counts(), b.morgan_counts())
                                   : chem::tanimoto(a.morgan_bits(), b.morgan_bits());
}

class FingerprintSimilarity final : public MeanMetric {
 public:
  using Similarity = double (*)(const MoleculeFacts&, const MoleculeFacts&);

  FingerprintSimilarity(const Choices& choices, Similarity similarity)
      : rule_(choices),
        zero_(choices.text("invalid-similarity") == "zero"),
        similarity_(similarity) {}

 protected:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    const MoleculeFacts& predicted = pair.predicted_molecule();
    const MoleculeFacts& reference = pair.reference_molecule();
    if (!rule_.valid(reference)) return {.counts = false};
    if (!rule_.valid(predicted)) return {.value = 0.0, .counts = zero_};
    // A molecule with atoms is wholly similar to itself; without, it depends on the fingerprint.
    if (pair.prediction() == pair.reference() && predicted.parsed()->atoms() > 0)
      return {.value = 1.0};
    return {.value = similarity_(predicted, reference)};
  }

 private:
  InvalidRule rule_;
  bool zero_;
  Similarity similarity_;
};

std::int64_t bounded(const Choices& choices, const std::string& key, std::int64_t most) {
  const std::int64_t value = choices.integer(key);
  if (value < 0 || value > most)
    throw Error(Code::kUsage, fmt::format("{} is {}; it must be 0 to {}", key, value, most));
  return value;
}

}  // namespace

std::unique_ptr<PairMetric> make_maccs(const Choices& choices) {
  return std::make_unique<FingerprintSimilarity>(choices, maccs_similarity);
}

std::unique_ptr<PairMetric> make_rdk(const Choices& choices) {
  return std::make_unique<FingerprintSimilarity>(choices, rdk_similarity);
}

std::unique_ptr<PairMetric> make_morgan(const Choices& choices) {
  (void)morgan_cache_options(choices);  // refuse bad choices now
  return std::make_unique<FingerprintSimilarity>(choices, morgan_similarity);
}

MorganCacheOptions morgan_cache_options(const Choices& choices) {
  constexpr std::int64_t kMaxRadius = 16;
  constexpr std::int64_t kMaxBits = 1 << 20;
  return {.morgan = {.radius = static_cast<unsigned>(bounded(choices, "morgan-radius", kMaxRadius)),
                     .chirality = choices.flag("morgan-chirality")},
          .bits = static_cast<std::size_t>(bounded(choices, "morgan-bits", kMaxBits))};
}

}  // namespace cupel::metrics
