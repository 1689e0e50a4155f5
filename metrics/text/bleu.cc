#include "metrics/text/bleu.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "metrics/pair.h"
#include "metrics/text/exact_sum.h"

namespace cupel::metrics {
namespace {

class Bleu final : public PairMetric {
 public:
  explicit Bleu(std::size_t order) : order_(order) { assert(order >= 1 && order <= kMaxOrder); }

  [[nodiscard]] std::vector<std::string> statistics() const override {
    std::vector<std::string> names;
    for (std::size_t n = 1; n <= order_; ++n) names.push_back(fmt::format("matches-{}", n));
    for (std::size_t n = 1; n <= order_; ++n) names.push_back(fmt::format("total-{}", n));
    names.emplace_back("prediction-length");
    names.emplace_back("reference-length");
    return names;
  }

  void measure(const Pair& pair, std::span<double> out) const override {
    const NgramOverlap& overlap = pair.ngrams();
    for (std::size_t n = 0; n < order_; ++n) {
      out[n] = static_cast<double>(overlap.matches[n]);
      out[order_ + n] = static_cast<double>(std::max<std::uint64_t>(1, overlap.predictions[n]));
    }
    out[2 * order_] = static_cast<double>(overlap.predictions[0]);
    out[2 * order_ + 1] = static_cast<double>(overlap.references[0]);
  }

  [[nodiscard]] Value finish(std::span<const double> sum) const override {
    if (sum[0] == 0.0) return 0.0;
    std::vector<double> terms;
    for (std::size_t n = 0; n < order_; ++n) {
      const double precision =
          sum[n] == 0.0 ? std::numeric_limits<double>::min() : sum[n] / sum[order_ + n];
      terms.push_back(1.0 / static_cast<double>(order_) * std::log(precision));
    }
    const double prediction = sum[2 * order_];
    const double reference = sum[2 * order_ + 1];
    const double brevity = prediction > reference ? 1.0 : std::exp(1.0 - reference / prediction);
    return brevity * std::exp(exact_sum(terms));
  }

 private:
  std::size_t order_;
};

}  // namespace

std::unique_ptr<PairMetric> make_bleu(std::size_t order) { return std::make_unique<Bleu>(order); }

}  // namespace cupel::metrics
