// The paired tests against what is known without them: exact distributions, all resamples of few
// rows, the normal distribution, and the rate at which equal runs are called different.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/parallel.h"
#include "metrics/significance/paired.h"
#include "metrics/text/bleu.h"

using Catch::Matchers::WithinAbs;
using cupel::StatisticTable;
using cupel::metrics::Metric;
using cupel::metrics::PairedRuns;

namespace {

/// Σ first / Σ second; with ones in the second column a mean.
class Ratio final : public cupel::metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
};

struct Runs {
  StatisticTable baseline;
  StatisticTable candidate;
};

StatisticTable means(const std::vector<double>& values) {
  StatisticTable table(values.size(), 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.row(i)[0] = values[i];
    table.row(i)[1] = 1.0;
  }
  return table;
}

double randomization_p(const Metric& metric, const Runs& runs, std::size_t trials,
                       std::uint64_t seed = 1) {
  const PairedRuns one{&metric, &runs.baseline, &runs.candidate};
  return cupel::metrics::approximate_randomization({&one, 1}, {.trials = trials, .seed = seed})
      .at(0)
      .value()
      .p;
}

cupel::metrics::Comparison bootstrap(const Metric& metric, const Runs& runs, std::size_t draws,
                                     std::uint64_t seed = 1) {
  const PairedRuns one{&metric, &runs.baseline, &runs.candidate};
  return cupel::metrics::paired_bootstrap({&one, 1}, {.draws = draws, .seed = seed}).at(0).value();
}

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

double binomial(int n, int k, double p) {
  return std::exp(log_choose(n, k) + k * std::log(p) + (n - k) * std::log1p(-p));
}

/// How far a share of `trials` may lie from its probability: 4 standard errors, 1 in 16 000.
double sampling_error(double p, double trials) {
  return 4.0 * std::sqrt(std::max(0.0, p * (1.0 - p)) / trials) + 1.0 / trials;
}

/// Corpus BLEU-2 statistics of short made-up sentences.
StatisticTable bleu_rows(std::mt19937& random, std::size_t rows, unsigned quality) {
  StatisticTable table(rows, 6);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto length = 5 + random() % 10;
    std::mt19937::result_type unigrams = 0;
    for (unsigned t = 0; t < length; ++t) unigrams += random() % 10 < quality;
    const auto bigrams = unigrams == 0 ? unigrams : random() % unigrams;
    const double numbers[] = {double(unigrams),   double(bigrams), double(length),
                              double(length - 1), double(length),  double(5 + random() % 10)};
    std::ranges::copy(numbers, table.row(i).begin());
  }
  return table;
}

double difference(const Metric& metric, const StatisticTable& baseline,
                  const StatisticTable& candidate) {
  return metric.score(candidate).value() - metric.score(baseline).value();
}

/// The share of all 2ⁿ ways to change sides whose difference is at least the observed one.
double p_of_all_flips(const Metric& metric, const Runs& runs) {
  const std::size_t rows = runs.baseline.rows();
  const double observed = std::abs(difference(metric, runs.baseline, runs.candidate));
  std::size_t extreme = 0;
  for (unsigned flips = 0; flips < 1U << rows; ++flips) {
    Runs flipped = runs;
    for (std::size_t i = 0; i < rows; ++i) {
      if ((flips >> i & 1U) != 0)
        std::ranges::swap_ranges(flipped.baseline.row(i), flipped.candidate.row(i));
    }
    extreme +=
        std::abs(difference(metric, flipped.baseline, flipped.candidate)) >= observed - 1e-12;
  }
  return static_cast<double>(extreme) / static_cast<double>(1U << rows);
}

/// The differences of all nⁿ bootstrap draws, sorted.
std::vector<double> all_draws(const Metric& metric, const Runs& runs) {
  const std::size_t rows = runs.baseline.rows();
  std::vector<std::size_t> drawn(rows, 0);
  std::vector<double> differences;
  for (bool more = true; more;) {
    std::vector<std::uint32_t> times(rows, 0);
    for (const std::size_t row : drawn) ++times[row];
    differences.push_back(metric.score(runs.candidate, times).value() -
                          metric.score(runs.baseline, times).value());
    std::size_t digit = 0;  // the next number with `rows` digits in base `rows`
    while (digit < rows && ++drawn[digit] == rows) drawn[digit++] = 0;
    more = digit < rows;
  }
  std::ranges::sort(differences);
  return differences;
}

double share(const std::vector<double>& values, const std::function<bool(double)>& counts) {
  return static_cast<double>(std::ranges::count_if(values, counts)) /
         static_cast<double>(values.size());
}

double normal_two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

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

TEST_CASE("Randomization of zeros and ones has the exact p of the sign test") {
  // Rows on which both runs agree cannot change the difference; the others are fair coins, so this
  // is McNemar's exact test.
  constexpr int kTrials = 40'000;
  for (const auto& [better, worse] :
       {std::pair{9, 2}, {15, 5}, {30, 30}, {1, 0}, {6, 0}, {8, 1}, {40, 22}}) {
    std::vector<double> sides[2];
    for (int i = 0; i < better + worse + 25; ++i) {
      sides[0].push_back(i < better ? 0.0 : i < better + worse ? 1.0 : i % 2);
      sides[1].push_back(i < better ? 1.0 : i < better + worse ? 0.0 : i % 2);
    }
    double exact = 0.0;
    const int discordant = better + worse;
    for (int k = 0; k <= discordant; ++k) {
      if (std::abs(2 * k - discordant) >= std::abs(better - worse))
        exact += binomial(discordant, k, 0.5);
    }
    INFO(better << " better, " << worse << " worse: " << exact);
    CHECK_THAT(randomization_p(Ratio(), {means(sides[0]), means(sides[1])}, kTrials),
               WithinAbs(exact, sampling_error(exact, kTrials)));
  }
}

TEST_CASE("Randomization of few rows has the p of all 2^n sign flips, for a mean and for BLEU") {
  constexpr std::size_t kTrials = 20'000;
  const auto bleu = cupel::metrics::make_bleu(2);
  std::mt19937 random(21);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (std::size_t rows = 1; rows <= 9; ++rows) {
    std::vector<double> sides[2];
    for (std::size_t i = 0; i < rows; ++i) {
      sides[0].push_back(uniform(random));
      sides[1].push_back(uniform(random) + 0.3);
    }
    const Runs numbers{means(sides[0]), means(sides[1])};
    const Runs sentences{bleu_rows(random, rows, 4), bleu_rows(random, rows, 8)};
    INFO(rows << " rows");
    const double of_mean = p_of_all_flips(Ratio(), numbers);
    CHECK_THAT(randomization_p(Ratio(), numbers, kTrials),
               WithinAbs(of_mean, sampling_error(of_mean, kTrials)));
    const double of_bleu = p_of_all_flips(*bleu, sentences);
    CHECK_THAT(randomization_p(*bleu, sentences, kTrials),
               WithinAbs(of_bleu, sampling_error(of_bleu, kTrials)));
  }
}

TEST_CASE("The bootstrap of few rows has the distribution of all n^n draws") {
  constexpr std::size_t kDraws = 40'000;
  const auto bleu = cupel::metrics::make_bleu(2);
  std::mt19937 random(22);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (std::size_t rows = 2; rows <= 5; ++rows) {
    for (int kind = 0; kind < 6; ++kind) {
      Runs runs{StatisticTable(rows, 2), StatisticTable(rows, 2)};
      for (std::size_t i = 0; i < rows; ++i) {
        for (StatisticTable* side : {&runs.baseline, &runs.candidate}) {
          side->row(i)[0] = uniform(random) + (side == &runs.candidate ? 0.2 : 0.0);
          side->row(i)[1] = kind % 3 == 0 ? 1.0 : 0.5 + uniform(random);
        }
      }
      const bool sentences = kind % 3 == 2;
      if (sentences) runs = {bleu_rows(random, rows, 5), bleu_rows(random, rows, 8)};
      const Ratio ratio;
      const Metric& metric = sentences ? *bleu : static_cast<const Metric&>(ratio);
      const auto exact = all_draws(metric, runs);
      const auto found = bootstrap(metric, runs, kDraws);
      INFO(rows << " rows, kind " << kind);

      double mean = 0.0, squares = 0.0;
      for (const double d : exact) mean += d / static_cast<double>(exact.size());
      for (const double d : exact)
        squares += (d - mean) * (d - mean) / static_cast<double>(exact.size());
      // The draws are centred at their own mean, so that an exact difference which lies closer to
      // the limit than that mean's error may fall on either side of it.
      const double centring = 4.0 * std::sqrt(squares / static_cast<double>(kDraws)) + 1e-12;
      const auto extreme = [&](double slack) {
        return share(exact, [&](double d) {
          return std::abs(d - mean) >= std::abs(found.difference) + slack;
        });
      };
      const double fewest = extreme(centring);
      const double most = extreme(-centring);
      CHECK(found.p >= fewest - sampling_error(fewest, kDraws));
      CHECK(found.p <= most + sampling_error(most, kDraws));

      const double greater = share(exact, [](double d) { return d > 1e-12; }) +
                             0.5 * share(exact, [](double d) { return std::abs(d) <= 1e-12; });
      CHECK_THAT(found.greater, WithinAbs(greater, sampling_error(greater, kDraws)));

      const double slack = sampling_error(0.025, kDraws);
      CHECK(share(exact, [&](double d) { return d < found.low - 1e-12; }) <= 0.025 + slack);
      CHECK(share(exact, [&](double d) { return d <= found.low + 1e-12; }) >= 0.025 - slack);
      CHECK(share(exact, [&](double d) { return d > found.high + 1e-12; }) <= 0.025 + slack);
      CHECK(share(exact, [&](double d) { return d >= found.high - 1e-12; }) >= 0.025 - slack);
    }
  }
}

TEST_CASE("The bootstrap of many rows agrees with the z test of the mean difference") {
  constexpr std::size_t kRows = 2000;
  constexpr std::size_t kDraws = 10'000;
  std::mt19937_64 random(23);
  std::normal_distribution<double> normal(0.0, 1.0);
  for (const double wanted : {0.0, 0.7, 1.4, 2.0, 2.6}) {
    std::vector<double> sides[2];
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < kRows; ++i) {
      const double shared = normal(random);
      sides[0].push_back(shared + normal(random));
      sides[1].push_back(shared + normal(random) + wanted * std::sqrt(2.0 / kRows));
      sum += sides[1][i] - sides[0][i];
      squares += (sides[1][i] - sides[0][i]) * (sides[1][i] - sides[0][i]);
    }
    const double mean = sum / kRows;
    const double error = std::sqrt((squares / kRows - mean * mean) / kRows);
    const double exact = normal_two_sided_p(mean / error);
    const Runs runs{means(sides[0]), means(sides[1])};
    const auto found = bootstrap(Ratio(), runs, kDraws);
    INFO("z = " << mean / error << ", p = " << exact);
    // Beyond sampling: the draws' own mean moves p by a hundredth of φ at most, kurtosis by less.
    const double slack = sampling_error(exact, kDraws) + 0.005;
    CHECK_THAT(found.p, WithinAbs(exact, slack));
    CHECK_THAT(randomization_p(Ratio(), runs, kDraws), WithinAbs(exact, slack));
    CHECK_THAT(found.low, WithinAbs(mean - 1.959964 * error, 0.1 * error));
    CHECK_THAT(found.high, WithinAbs(mean + 1.959964 * error, 0.1 * error));
    const double greater = 0.5 * std::erfc(-mean / error / std::numbers::sqrt2);
    CHECK_THAT(found.greater, WithinAbs(greater, sampling_error(greater, kDraws) + 0.005));
  }
}

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
