#include "metrics/significance/paired.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "harness/core/parallel.h"
#include "metrics/significance/resample.h"

namespace cupel::metrics {
namespace {

struct Observed {
  double difference;
  double slack;  ///< two differences closer than this differ by rounding alone
};

std::expected<Observed, std::string> observe(const PairedRuns& run) {
  const Value baseline = run.metric->score(*run.baseline);
  if (!baseline) return std::unexpected("baseline: " + baseline.error());
  const Value candidate = run.metric->score(*run.candidate);
  if (!candidate) return std::unexpected("candidate: " + candidate.error());
  return Observed{.difference = *candidate - *baseline,
                  .slack = 1e-12 * (std::abs(*baseline) + std::abs(*candidate))};
}

std::optional<double> subtract(std::optional<double> candidate, std::optional<double> baseline) {
  if (!candidate || !baseline) return std::nullopt;
  return *candidate - *baseline;
}

/// (1 + #{|d* − centre| ≥ |d|}) / (1 + n); a draw without a difference counts.
double two_sided_p(const DrawnScores& differences, double centre, const Observed& observed) {
  const auto extreme = std::ranges::count_if(differences, [&](const std::optional<double>& d) {
    return !d || std::abs(*d - centre) >= std::abs(observed.difference) - observed.slack;
  });
  return (1.0 + static_cast<double>(extreme)) / (1.0 + static_cast<double>(differences.size()));
}

std::expected<Comparison, std::string> compare(const DrawnScores& differences,
                                               const Observed& observed, double confidence) {
  const std::size_t missing = count_missing(differences);
  const auto bounds = percentile_bounds(differences, confidence);
  if (!bounds) {
    return std::unexpected(
        fmt::format("{} of {} resamples have no score", missing, differences.size()));
  }
  double sum = 0.0;
  double greater = 0.0;
  for (const auto& d : differences) {
    sum += d.value_or(0.0);
    if (d) greater += std::abs(*d) <= observed.slack ? 0.5 : *d > 0.0 ? 1.0 : 0.0;
  }
  const auto scored = static_cast<double>(differences.size() - missing);
  return Comparison{.difference = observed.difference,
                    .low = bounds->low,
                    .high = bounds->high,
                    .standard_error = deviation(differences),
                    .p = two_sided_p(differences, sum / scored, observed),
                    .greater = greater / scored,
                    .draws = differences.size(),
                    .missing = missing};
}

/// Both runs below each other: row i is the baseline's, row n + i the candidate's.
StatisticTable stack(const StatisticTable& baseline, const StatisticTable& candidate) {
  const std::size_t rows = baseline.rows();
  StatisticTable both(2 * rows, baseline.columns());
  for (std::size_t i = 0; i < rows; ++i) {
    std::ranges::copy(baseline.row(i), both.row(i).begin());
    std::ranges::copy(candidate.row(i), both.row(rows + i).begin());
  }
  return both;
}

void check_shapes(std::span<const PairedRuns> runs) {
  for (const PairedRuns& run : runs) {
    if (run.baseline->rows() != runs.front().baseline->rows() ||
        run.candidate->rows() != run.baseline->rows() ||
        run.candidate->columns() != run.baseline->columns())
      throw std::invalid_argument("runs that are compared must share their rows");
  }
}

}  // namespace

std::vector<std::expected<Comparison, std::string>> paired_bootstrap(
    std::span<const PairedRuns> runs, const BootstrapOptions& options) {
  check(options);
  check_shapes(runs);
  std::vector<ScoredMetric> sides;
  for (const PairedRuns& run : runs) {
    sides.push_back({run.metric, run.baseline});
    sides.push_back({run.metric, run.candidate});
  }
  const auto drawn = bootstrap_scores(sides, options.draws, options.seed, options.jobs);
  std::vector<std::expected<Comparison, std::string>> comparisons;
  for (std::size_t m = 0; m < runs.size(); ++m) {
    const auto observed = observe(runs[m]);
    if (!observed) {
      comparisons.push_back(std::unexpected(observed.error()));
      continue;
    }
    DrawnScores differences(options.draws);
    for (std::size_t d = 0; d < options.draws; ++d)
      differences[d] = subtract(drawn[2 * m + 1][d], drawn[2 * m][d]);
    comparisons.push_back(compare(differences, *observed, options.confidence));
  }
  return comparisons;
}

// A run after swapping is the stacked table with the multiplicities 0 and 1, so it takes the same
// path as a bootstrap draw.
std::vector<DrawnScores> randomized_differences(std::span<const PairedRuns> runs,
                                                const RandomizationOptions& options) {
  if (options.trials == 0) throw std::invalid_argument("a randomization needs at least one trial");
  check_shapes(runs);
  std::vector<StatisticTable> tables;
  for (const PairedRuns& run : runs) tables.push_back(stack(*run.baseline, *run.candidate));
  std::vector<ScoredMetric> metrics;
  for (std::size_t m = 0; m < runs.size(); ++m) metrics.push_back({runs[m].metric, &tables[m]});
  const ResampledScores scores(metrics);
  std::vector<DrawnScores> differences(runs.size(), DrawnScores(options.trials));
  constexpr std::size_t kBlock = 16;  // trials that share their buffers
  parallel_for((options.trials + kBlock - 1) / kBlock, options.jobs, [&](std::size_t block) {
    const auto rows = static_cast<std::uint32_t>(scores.rows() / 2);
    std::vector<std::uint32_t> bits(rows), left(rows), right(rows);
    DrawnScores baseline(runs.size()), candidate(runs.size());
    const std::size_t end = std::min(options.trials, (block + 1) * kBlock);
    for (std::size_t trial = block * kBlock; trial < end; ++trial) {
      draw_bits(options.seed, trial, bits);
      for (std::uint32_t i = 0; i < rows; ++i) {
        left[i] = i + rows * bits[i];
        right[i] = i + rows * (1 - bits[i]);
      }
      scores.score(left, baseline);
      scores.score(right, candidate);
      for (std::size_t m = 0; m < runs.size(); ++m)
        differences[m][trial] = subtract(candidate[m], baseline[m]);
    }
  });
  return differences;
}

std::vector<std::expected<Randomization, std::string>> approximate_randomization(
    std::span<const PairedRuns> runs, const RandomizationOptions& options) {
  const auto differences = randomized_differences(runs, options);
  std::vector<std::expected<Randomization, std::string>> results;
  for (std::size_t m = 0; m < runs.size(); ++m) {
    const auto observed = observe(runs[m]);
    if (!observed) {
      results.push_back(std::unexpected(observed.error()));
      continue;
    }
    results.push_back(Randomization{.difference = observed->difference,
                                    .p = two_sided_p(differences[m], 0.0, *observed),
                                    .trials = options.trials,
                                    .missing = count_missing(differences[m])});
  }
  return results;
}

}  // namespace cupel::metrics
