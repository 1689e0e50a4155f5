// The rate at which the paired tests call equal runs different.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/parallel.h"
#include "metrics/significance/paired.h"
#include "tests/metrics/significance/paired_runs.h"

using cupel::StatisticTable;
using cupel::metrics::PairedRuns;
using cupel::test::binomial;
using cupel::test::Ratio;
using cupel::test::Runs;

namespace {

enum Kind : std::uint8_t { kMean, kRatio, kZeroOne, kKinds };

/// Rows whose two sides differ by exchangeable noise only, as three metrics see them: a mean, a
/// ratio with a denominator of its own in each run, and a mean of zeros and ones.
std::array<Runs, kKinds> equal_runs(std::mt19937_64& random, std::size_t rows) {
  std::normal_distribution<double> normal(0.0, 1.0);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::array<Runs, kKinds> runs;
  runs.fill({StatisticTable(rows, 2), StatisticTable(rows, 2)});
  for (std::size_t i = 0; i < rows; ++i) {
    const double shared = normal(random);  // how difficult the example is, for both
    for (const auto side : {&Runs::baseline, &Runs::candidate}) {
      const double value = shared + normal(random);
      const double size = 1.0 + 9.0 * uniform(random);
      const double numbers[kKinds][2] = {
          {value, 1.0}, {(value + 3.0) * size, size}, {value > 0.5 ? 1.0 : 0.0, 1.0}};
      for (const Kind kind : {kMean, kRatio, kZeroOne})
        std::ranges::copy(numbers[kind], (runs[kind].*side).row(i).begin());
    }
  }
  return runs;
}

/// The middle 99.9 % of Binomial(n, p).
std::pair<int, int> binomial_interval(int n, double p) {
  std::pair<int, int> interval{0, n};
  double below = 0.0;
  for (int k = 0; k <= n; ++k) {
    if (below < 0.0005) interval.first = k;
    below += binomial(n, k, p);
    if (below >= 0.9995) {
      interval.second = k;
      break;
    }
  }
  return interval;
}

#ifdef __SANITIZE_ADDRESS__
constexpr int kExperiments = 500;  // some thirty times slower, and nothing new to be seen
#else
constexpr int kExperiments = 10'000;
#endif

using Test = std::function<std::vector<double>(std::span<const PairedRuns>, std::uint64_t seed)>;

/// How many of the comparisons of equal runs a test calls different at the 5 % level, by Kind.
std::array<int, kKinds> false_positives(std::size_t rows, const Test& p_of) {
  std::array<std::atomic<int>, kKinds> counts{};
  const Ratio ratio;
  cupel::parallel_for(kExperiments, 0, [&](std::size_t e) {
    std::mt19937_64 random(77 + 10'007 * e);
    const auto runs = equal_runs(random, rows);
    std::vector<PairedRuns> paired;
    for (const Runs& one : runs) paired.push_back({&ratio, &one.baseline, &one.candidate});
    const auto p = p_of(paired, e);
    for (std::size_t kind = 0; kind < kKinds; ++kind)
      if (p[kind] <= 0.05) ++counts[kind];
  });
  return {counts[kMean], counts[kRatio], counts[kZeroOne]};
}

template <typename Results>
std::vector<double> p_values(const Results& results) {
  std::vector<double> all;
  for (const auto& one : results) all.push_back(one.value().p);
  return all;
}

}  // namespace

TEST_CASE("The middle 99.9 % of a binomial distribution") {
  CHECK(binomial_interval(10'000, 0.05) == std::pair(430, 573));  // about 500 ± 3.29 · 21.8
  CHECK(binomial_interval(1, 0.5) == std::pair(0, 1));
}

TEST_CASE("10,000 comparisons of equal runs: randomization errs at the nominal rate") {
  // With 99 trials p ≤ 0.05 means that at most 4 of them are as extreme as what was observed.
  // Swapped rows are as likely as the observed ones, so the rate is exact for any number of rows.
  const auto found = false_positives(40, [](std::span<const PairedRuns> runs, std::uint64_t seed) {
    return p_values(
        cupel::metrics::approximate_randomization(runs, {.trials = 99, .seed = seed, .jobs = 1}));
  });
  const auto [fewest, most] = binomial_interval(kExperiments, 0.05);
  for (const Kind kind : {kMean, kRatio}) {
    INFO("kind " << int(kind));
    CHECK(found[kind] >= fewest);
    CHECK(found[kind] <= most);
  }
  // Of zeros and ones many trials tie with what was observed, and a tie counts against it. So the
  // test is conservative: P(p ≤ α) is that of the sign test, which cannot attain every α.
  CHECK(found[kZeroOne] <= most);
  CHECK(found[kZeroOne] >= fewest / 5);  // but it is a test still
}

TEST_CASE("10,000 comparisons of equal runs: the bootstrap errs at the nominal rate") {
  // Right in the limit of many rows: of n it takes the variance for too small by (n − 1)/n, and has
  // normal tails where Student's are right. With 400 rows that adds 0.001 to 0.05, and centring at
  // the mean of 99 draws adds as much.
  const auto found = false_positives(400, [](std::span<const PairedRuns> runs, std::uint64_t seed) {
    return p_values(cupel::metrics::paired_bootstrap(runs, {.draws = 99, .seed = seed, .jobs = 1}));
  });
  const auto [fewest, most] = binomial_interval(kExperiments, 0.05);
  for (const Kind kind : {kMean, kRatio}) {
    INFO("kind " << int(kind));
    CHECK(found[kind] >= fewest);
    CHECK(found[kind] <= most);
  }
  // Counts of wins minus losses: draws that tie with the observed difference count against it.
  CHECK(found[kZeroOne] <= most);
  CHECK(found[kZeroOne] >= fewest / 2);
}
