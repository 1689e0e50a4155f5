#include "metrics/molecule/levenshtein.h"

#include <rapidfuzz/distance/Levenshtein.hpp>

#include "harness/core/utf8.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

class Levenshtein final : public MeanMetric {
 protected:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    const auto distance = rapidfuzz::levenshtein_distance(decode_utf8(pair.prediction()),
                                                          decode_utf8(pair.reference()));
    return {.value = static_cast<double>(distance)};
  }
};

}  // namespace

std::unique_ptr<PairMetric> make_levenshtein(const Choices& /*choices*/) {
  return std::make_unique<Levenshtein>();
}

}  // namespace cupel::metrics
