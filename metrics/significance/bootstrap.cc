#include "metrics/significance/bootstrap.h"

#include <stdexcept>

#include <fmt/format.h>

namespace cupel::metrics {

void check(const BootstrapOptions& options) {
  if (options.draws == 0) throw std::invalid_argument("a bootstrap needs at least one draw");
  if (!(options.confidence > 0.0 && options.confidence < 1.0))
    throw std::invalid_argument("the confidence must be between 0 and 1");
}

std::vector<std::expected<Interval, std::string>> bootstrap(std::span<const ScoredMetric> metrics,
                                                            const BootstrapOptions& options) {
  check(options);
  const auto drawn = bootstrap_scores(metrics, options.draws, options.seed, options.jobs);
  std::vector<std::expected<Interval, std::string>> intervals;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const Value score = metrics[m].metric->score(*metrics[m].rows);
    const auto bounds = percentile_bounds(drawn[m], options.confidence);
    const std::size_t missing = count_missing(drawn[m]);
    if (!score) {
      intervals.push_back(std::unexpected(score.error()));
    } else if (!bounds) {
      intervals.push_back(
          std::unexpected(fmt::format("{} of {} resamples have no score", missing, options.draws)));
    } else {
      intervals.push_back(Interval{.low = bounds->low,
                                   .high = bounds->high,
                                   .standard_error = deviation(drawn[m]),
                                   .draws = options.draws,
                                   .missing = missing});
    }
  }
  return intervals;
}

}  // namespace cupel::metrics
