/// 10,000 resamples of 3,300 rows (the CheBI-20 test set) on one core.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "metrics/classification/roc_auc.h"
#include "metrics/retrieval/retrieval_metrics.h"
#include "metrics/significance/bootstrap.h"
#include "metrics/significance/paired.h"

namespace {

using cupel::StatisticTable;
using cupel::metrics::ScoredMetric;

constexpr std::size_t kRows = 3300;
constexpr std::size_t kDraws = 10'000;

class Mean final : public cupel::metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    return sum[0] / sum[1];
  }
};

/// The arithmetic of corpus BLEU-4: four clipped matches, four totals, two lengths.
class BleuShape final : public cupel::metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override {
    return std::vector<std::string>(10, "x");
  }
  [[nodiscard]] cupel::metrics::Value finish(std::span<const double> sum) const override {
    double logs = 0.0;
    for (std::size_t n = 0; n < 4; ++n) logs += std::log(sum[n] / sum[n + 4]) / 4.0;
    return std::exp(logs + std::min(0.0, 1.0 - sum[9] / sum[8]));
  }
};

StatisticTable random_table(std::size_t columns, unsigned seed) {
  std::mt19937 random(seed);
  StatisticTable table(kRows, columns);
  for (std::size_t i = 0; i < kRows; ++i)
    for (double& x : table.row(i)) x = static_cast<double>(1 + random() % 60);
  return table;
}

void run(benchmark::State& state, const std::vector<ScoredMetric>& metrics, std::size_t draws) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        cupel::metrics::bootstrap(metrics, {.draws = draws, .seed = 1, .jobs = 1}));
  }
}

void bootstrap_mean(benchmark::State& state) {
  const Mean mean;
  const auto table = random_table(2, 1);
  run(state, {{&mean, &table}}, kDraws);
}
BENCHMARK(bootstrap_mean)->Unit(benchmark::kMillisecond);

void bootstrap_bleu(benchmark::State& state) {
  const BleuShape bleu;
  const auto table = random_table(10, 1);
  run(state, {{&bleu, &table}}, kDraws);
}
BENCHMARK(bootstrap_bleu)->Unit(benchmark::kMillisecond);

/// Everything of a captioning table at once: two BLEUs and four means.
void bootstrap_six_metrics(benchmark::State& state) {
  const BleuShape bleu;
  const Mean mean;
  const auto wide = random_table(10, 1);
  const auto narrow = random_table(2, 2);
  run(state,
      {{&bleu, &wide},
       {&bleu, &wide},
       {&mean, &narrow},
       {&mean, &narrow},
       {&mean, &narrow},
       {&mean, &narrow}},
      kDraws);
}
BENCHMARK(bootstrap_six_metrics)->Unit(benchmark::kMillisecond);

void bootstrap_median_rank(benchmark::State& state) {
  std::mt19937 random(1);
  const auto median = make_median_rank(cupel::metrics::TieRule::kExpected);
  std::vector<cupel::metrics::TieRank> ranks(3000);
  for (auto& rank : ranks) rank.better = static_cast<std::uint32_t>(random() % 3000);
  const auto table = measure_ranks(*median, ranks);
  run(state, {{median.get(), &table}}, kDraws);
}
BENCHMARK(bootstrap_median_rank)->Unit(benchmark::kMillisecond);

/// Twelve tasks of 784 examples (the test split of Tox21), 1,000 draws.
void bootstrap_roc_auc(benchmark::State& state) {
  std::mt19937 random(1);
  const cupel::metrics::RocAuc auc(std::vector<std::string>(12, "t"));
  StatisticTable table(784, 24);
  for (std::size_t i = 0; i < 784; ++i) {
    for (std::size_t t = 0; t < 12; ++t) {
      table.row(i)[2 * t] = random() % 10 == 0 ? 1.0 : -1.0;
      table.row(i)[2 * t + 1] = static_cast<double>(random() % 100'000);
    }
  }
  run(state, {{&auc, &table}}, 1000);
}
BENCHMARK(bootstrap_roc_auc)->Unit(benchmark::kMillisecond);

void paired_bootstrap_bleu(benchmark::State& state) {
  const BleuShape bleu;
  const auto a = random_table(10, 1);
  const auto b = random_table(10, 2);
  const cupel::metrics::PairedRuns runs{&bleu, &a, &b};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        cupel::metrics::paired_bootstrap({&runs, 1}, {.draws = kDraws, .seed = 1, .jobs = 1}));
  }
}
BENCHMARK(paired_bootstrap_bleu)->Unit(benchmark::kMillisecond);

void approximate_randomization_bleu(benchmark::State& state) {
  const BleuShape bleu;
  const auto a = random_table(10, 1);
  const auto b = random_table(10, 2);
  const cupel::metrics::PairedRuns runs{&bleu, &a, &b};
  for (auto _ : state) {
    benchmark::DoNotOptimize(cupel::metrics::approximate_randomization(
        {&runs, 1}, {.trials = kDraws, .seed = 1, .jobs = 1}));
  }
}
BENCHMARK(approximate_randomization_bleu)->Unit(benchmark::kMillisecond);

}  // namespace
