#include "metrics/significance/binomial.h"

#include <boost/math/distributions/binomial.hpp>

namespace cupel::metrics {

Bounds binomial_interval(std::size_t successes, std::size_t trials, double confidence) {
  if (trials == 0) return {.low = 0.0, .high = 1.0};
  using Binomial = boost::math::binomial_distribution<double>;
  const double tail = (1.0 - confidence) / 2.0;
  const auto k = static_cast<double>(successes);
  const auto n = static_cast<double>(trials);
  return {.low = successes == 0 ? 0.0 : Binomial::find_lower_bound_on_p(n, k, tail),
          .high = successes == trials ? 1.0 : Binomial::find_upper_bound_on_p(n, k, tail)};
}

}  // namespace cupel::metrics
