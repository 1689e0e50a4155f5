// The paired tests against what is known without them: exact distributions, all resamples of few
// rows, and the normal distribution.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "metrics/significance/paired.h"
#include "metrics/text/bleu.h"
#include "tests/metrics/significance/paired_runs.h"

using Catch::Matchers::WithinAbs;
using cupel::StatisticTable;
using cupel::metrics::Metric;
using cupel::metrics::PairedRuns;
using cupel::test::binomial;
using cupel::test::Ratio;
using cupel::test::Runs;

namespace {

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
