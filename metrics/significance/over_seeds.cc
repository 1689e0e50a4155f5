#include "metrics/significance/over_seeds.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>

#include "metrics/significance/resample.h"

namespace cupel::metrics {
namespace {

struct Observed {
  std::vector<double> differences;  // one a seed
  double size = 0.0;                // of the scores that were subtracted
};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// With the divisor n − 1.
double variance(const std::vector<double>& values) {
  const double centre = mean(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return squares / static_cast<double>(values.size() - 1);
}

std::expected<Observed, std::string> observe(const SeededRuns& runs) {
  Observed observed;
  const std::size_t seeds = runs.baseline.size();
  for (std::size_t s = 0; s < seeds; ++s) {
    const Value baseline = runs.metric->score(*runs.baseline[s]);
    if (!baseline)
      return std::unexpected(
          fmt::format("baseline, pair {} of {}: {}", s + 1, seeds, baseline.error()));
    const Value candidate = runs.metric->score(*runs.candidate[s]);
    if (!candidate)
      return std::unexpected(
          fmt::format("candidate, pair {} of {}: {}", s + 1, seeds, candidate.error()));
    observed.differences.push_back(*candidate - *baseline);
    observed.size = std::max({observed.size, std::abs(*baseline), std::abs(*candidate)});
  }
  return observed;
}

/// The differences of each seed, in the draws that have them all. `drawn` holds the scores of the
/// baseline and the candidate of each seed in turn.
std::vector<std::vector<double>> whole_draws(std::span<const DrawnScores> drawn) {
  std::vector<std::vector<double>> differences(drawn.size() / 2);
  for (std::size_t d = 0; d < drawn.front().size(); ++d) {
    if (!std::ranges::all_of(drawn, [&](const DrawnScores& one) { return one[d].has_value(); }))
      continue;
    for (std::size_t s = 0; s < differences.size(); ++s)
      differences[s].push_back(*drawn[2 * s + 1][d] - *drawn[2 * s][d]);
  }
  return differences;
}

/// Of all pairs of seeds: the variance of a sum is that of its parts and twice each covariance.
double mean_covariance(const std::vector<std::vector<double>>& differences) {
  std::vector<double> sums(differences.front().size(), 0.0);
  double own = 0.0;
  for (const auto& one : differences) {
    own += variance(one);
    for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += one[d];
  }
  const auto seeds = static_cast<double>(differences.size());
  return (variance(sums) - own) / (seeds * (seeds - 1.0));
}

/// Cochran's critical value of a two-sided test at the level `alpha`.
double critical_value(const SeededComparison& one, std::size_t seeds, std::size_t rows,
                      double alpha) {
  const auto student = [&](std::size_t count) {
    const boost::math::students_t t(static_cast<double>(count - 1));
    return boost::math::quantile(boost::math::complement(t, alpha / 2.0));
  };
  return (one.of_seeds * student(seeds) + one.of_examples * student(rows)) /
         (one.of_seeds + one.of_examples);
}

/// Fills interval and p from difference and variances.
void add_test(SeededComparison& one, std::size_t seeds, std::size_t rows, double confidence) {
  const double error = std::sqrt(one.of_seeds + one.of_examples);
  const double reach = error * critical_value(one, seeds, rows, 1.0 - confidence);
  one.low = one.difference - reach;
  one.high = one.difference + reach;
  const double t = std::abs(one.difference) / error;
  // The level at which t is just critical; the value falls as the level rises.
  constexpr int kHalvings = 200;
  double least = 0.0;
  double most = 1.0;
  for (int i = 0; i < kHalvings && least < most; ++i) {
    const double middle = least + (most - least) / 2.0;
    if (middle <= least || middle >= most) break;  // neighbours
    (critical_value(one, seeds, rows, middle) > t ? least : most) = middle;
  }
  one.p = most;
}

std::expected<SeededComparison, std::string> compare(const SeededRuns& runs,
                                                     std::span<const DrawnScores> drawn,
                                                     const BootstrapOptions& options) {
  const auto observed = observe(runs);
  if (!observed) return std::unexpected(observed.error());
  const std::size_t rows = runs.baseline.front()->rows();
  if (rows < 2) return std::unexpected("one example has no spread");
  const auto differences = whole_draws(drawn);
  const std::size_t whole = differences.front().size();
  SeededComparison result{.difference = mean(observed->differences),
                          .low = 0.0,
                          .high = 0.0,
                          .draws = options.draws,
                          .missing = options.draws - whole};
  // As of percentile bounds: more could lie beyond either end of the interval.
  const double tail = (1.0 - options.confidence) / 2.0;
  if (whole < 2 || static_cast<double>(result.missing) > tail * static_cast<double>(options.draws))
    return std::unexpected(
        fmt::format("{} of {} resamples have no score", result.missing, options.draws));
  const std::size_t seeds = differences.size();
  result.of_seeds = variance(observed->differences) / static_cast<double>(seeds);
  // Of n rows the draws show a variance that is too small by (n − 1)/n.
  const double scale = static_cast<double>(rows) / static_cast<double>(rows - 1);
  result.of_examples = std::max(0.0, scale * mean_covariance(differences));
  const double slack = 1e-12 * observed->size;  // what rounding alone does
  if (result.of_seeds + result.of_examples > slack * slack) {
    add_test(result, seeds, rows, options.confidence);
    return result;
  }
  if (std::abs(result.difference) > slack)
    return std::unexpected(
        "the difference is the same with every seed and every resample: nothing to test it "
        "against");
  result.low = result.high = result.difference;
  return result;
}

void check_seeds(std::span<const SeededRuns> runs) {
  for (const SeededRuns& one : runs) {
    if (one.baseline.size() < 2 || one.candidate.size() != one.baseline.size())
      throw std::invalid_argument("seeds come in pairs, two or more");
  }
}

}  // namespace

std::vector<std::expected<SeededComparison, std::string>> compare_over_seeds(
    std::span<const SeededRuns> runs, const BootstrapOptions& options) {
  check(options);
  check_seeds(runs);
  std::vector<ScoredMetric> sides;
  for (const SeededRuns& one : runs) {
    for (std::size_t s = 0; s < one.baseline.size(); ++s) {
      sides.push_back({one.metric, one.baseline[s]});
      sides.push_back({one.metric, one.candidate[s]});
    }
  }
  const auto drawn = bootstrap_scores(sides, options.draws, options.seed, options.jobs);
  std::vector<std::expected<SeededComparison, std::string>> comparisons;
  std::size_t first = 0;
  for (const SeededRuns& one : runs) {
    const std::size_t count = 2 * one.baseline.size();
    comparisons.push_back(compare(one, std::span(drawn).subspan(first, count), options));
    first += count;
  }
  return comparisons;
}

}  // namespace cupel::metrics
