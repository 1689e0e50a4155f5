#include "metrics/significance/decision.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "metrics/significance/rank_test.h"
#include "metrics/significance/resample.h"

namespace cupel::metrics {
namespace {

double normal_quantile(double q) { return boost::math::quantile(boost::math::normal(), q); }

/// The sizes of the differences that chance made, by size; one that is not known is the largest.
std::vector<double> sorted_sizes(const DrawnScores& differences) {
  std::vector<double> sizes;
  for (const auto& one : differences)
    sizes.push_back(one ? std::abs(*one) : std::numeric_limits<double>::infinity());
  std::ranges::sort(sizes);
  return sizes;
}

/// Of a change among the changes that chance made.
double one_sided_p(const std::vector<double>& sizes, double change, double slack) {
  const auto first = std::ranges::lower_bound(sizes, std::abs(change) - slack);
  const auto reached = static_cast<double>(sizes.end() - first);
  const double both = (1.0 + reached) / (1.0 + static_cast<double>(sizes.size()));
  return change < 0.0 ? both / 2.0 : 1.0 - both / 2.0;
}

/// What is the same for the pair that was measured and for all that are alike.
struct Scale {
  double sign;   // turns a difference into a change
  double reach;  // of the bounds
  double error;
  double smallest_p;
  double slack;  // two differences closer than this differ by rounding alone
};

Evidence evidence_at(double difference, const std::vector<double>& sizes, const Scale& scale) {
  const double change = scale.sign * difference;
  return {.change = change,
          .low = change - scale.reach,
          .high = change + scale.reach,
          .standard_error = scale.error,
          .p = one_sided_p(sizes, change, scale.slack),
          .smallest_p = scale.smallest_p};
}

Scale scale_of(const OrientedRuns& runs, const Comparison& drawn, const EvidenceOptions& options) {
  const auto rows = static_cast<double>(runs.runs.baseline->rows());
  const double error =
      rows > 1.0 ? drawn.standard_error * std::sqrt(rows / (rows - 1.0)) : drawn.standard_error;
  const double t = boost::math::quantile(
      boost::math::complement(boost::math::students_t(std::max(1.0, rows - 1.0)), options.alpha));
  const double by_trials = 0.5 / (1.0 + static_cast<double>(options.trials));
  const double size = std::abs(runs.runs.metric->score(*runs.runs.baseline).value_or(0.0)) +
                      std::abs(runs.runs.metric->score(*runs.runs.candidate).value_or(0.0));
  return {.sign = runs.higher_is_better ? 1.0 : -1.0,
          .reach = t * error,
          .error = error,
          .smallest_p = std::max(std::exp2(-rows), by_trials),
          .slack = 1e-12 * size};
}

}  // namespace

bool too_few(const Evidence& evidence, double level) {
  return evidence.smallest_p > level * (1.0 + 1e-9);  // 1/20 is 0.05, however it is rounded
}

Decision decide(const Evidence& evidence, const Limits& limits, double alpha, double adjusted) {
  if (too_few(evidence, alpha)) return Decision::kInconclusive;
  if (evidence.low > -limits.tolerance) return Decision::kPass;
  const bool clear = adjusted <= alpha && evidence.change < -limits.minimum_effect;
  return clear ? Decision::kRegression : Decision::kInconclusive;
}

std::optional<double> smallest_detectable(const Evidence& evidence, const Limits& limits,
                                          double level, double power) {
  if (too_few(evidence, level)) return std::nullopt;
  const double error = evidence.standard_error;
  // The three conditions of a regression: it is clear, large enough, and not surely tolerable.
  const double drop = std::max({normal_quantile(1.0 - level) * error, limits.minimum_effect,
                                limits.tolerance - (evidence.change - evidence.low)});
  return drop + normal_quantile(power) * error;
}

std::vector<std::expected<PairedEvidence, std::string>> paired_evidence(
    std::span<const OrientedRuns> runs, const EvidenceOptions& options) {
  std::vector<PairedRuns> plain;
  for (const OrientedRuns& one : runs) plain.push_back(one.runs);
  const auto drawn = paired_bootstrap(plain, {.draws = options.draws,
                                              .seed = options.seed,
                                              .confidence = 1.0 - 2.0 * options.alpha,
                                              .jobs = options.jobs});
  const auto swapped = randomized_differences(
      plain, {.trials = options.trials, .seed = options.seed, .jobs = options.jobs});
  std::vector<DrawnScores> alike(runs.size());
  if (options.alike > 0) {  // not those that they are judged by
    alike = randomized_differences(
        plain, {.trials = options.alike, .seed = options.seed + 1, .jobs = options.jobs});
  }
  std::vector<std::expected<PairedEvidence, std::string>> found;
  for (std::size_t m = 0; m < runs.size(); ++m) {
    if (!drawn[m]) {
      found.push_back(std::unexpected(drawn[m].error()));
      continue;
    }
    const auto sizes = sorted_sizes(swapped[m]);
    const Scale scale = scale_of(runs[m], *drawn[m], options);
    PairedEvidence one{.evidence = evidence_at(drawn[m]->difference, sizes, scale), .alike = {}};
    for (const auto& difference : alike[m])
      one.alike.push_back(evidence_at(difference.value_or(0.0), sizes, scale));
    found.push_back(std::move(one));
  }
  return found;
}

Evidence cost_evidence(std::span<const double> baseline, std::span<const double> candidate,
                       double alpha) {
  const auto logarithms = [](std::span<const double> costs) {
    std::vector<double> all;
    for (const double cost : costs) all.push_back(std::log(cost));
    return all;
  };
  const auto before = logarithms(baseline);
  const auto after = logarithms(candidate);
  const std::size_t fewest = std::min(before.size(), after.size());
  Evidence evidence{.p = rank_test_p(before, after),
                    .smallest_p = smallest_rank_test_p(fewest, fewest)};
  const auto found = shift(before, after, alpha);
  if (!found) return {.p = evidence.p, .smallest_p = 1.0};
  evidence.change = -found->estimate;
  evidence.low = -found->high;
  evidence.high = -found->low;
  evidence.standard_error = found->standard_error;
  return evidence;
}

}  // namespace cupel::metrics
