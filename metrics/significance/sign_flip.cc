#include "metrics/significance/sign_flip.h"

#include <cmath>
#include <vector>

#include "metrics/significance/resample.h"

namespace cupel::metrics {

double sign_flip_p(std::span<const double> differences, std::size_t trials, std::uint64_t seed) {
  double sum = 0.0;
  double slack = 0.0;  // two sums closer than this differ by rounding alone
  for (const double difference : differences) {
    sum += difference;
    slack += 1e-12 * std::abs(difference);
  }
  std::vector<std::uint32_t> bits(differences.size());
  double reached = 1.0;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    draw_bits(seed, trial, bits);
    double flipped = 0.0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      flipped += bits[i] == 0 ? differences[i] : -differences[i];
    if (flipped >= sum - slack) reached += 1.0;
  }
  return reached / (1.0 + static_cast<double>(trials));
}

}  // namespace cupel::metrics
