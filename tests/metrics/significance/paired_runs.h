/// What the tests of paired tests share.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "harness/core/statistics.h"
#include "metrics/metric.h"

namespace cupel::test {

/// Σ first / Σ second; with ones in the second column a mean.
class Ratio final : public metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] metrics::Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
};

struct Runs {
  StatisticTable baseline;
  StatisticTable candidate;
};

inline double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// The probability of k in Binomial(n, p).
inline double binomial(int n, int k, double p) {
  return std::exp(log_choose(n, k) + k * std::log(p) + (n - k) * std::log1p(-p));
}

}  // namespace cupel::test
