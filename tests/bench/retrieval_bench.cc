/// Both directions of a retrieval test set, from embeddings to tie ranks.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "metrics/retrieval/embedding_ranks.h"
#include "metrics/retrieval/retrieval_metrics.h"

namespace {

std::vector<float> random_rows(std::size_t rows, std::size_t dimension, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(rows * dimension);
  for (float& x : values) x = static_cast<float>(random()) * 0x1p-31F - 1.0F;
  cupel::metrics::normalize_rows(values, dimension);
  return values;
}

/// {queries = candidates, dimension, threads}. FLOP: two a multiplication and addition.
void rank_pairs(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto dimension = static_cast<std::size_t>(state.range(1));
  const auto queries = random_rows(n, dimension, 1);
  const auto candidates = random_rows(n, dimension, 2);
  std::vector<std::uint32_t> targets(n);
  std::iota(targets.begin(), targets.end(), 0U);
  for (auto _ : state) {
    benchmark::DoNotOptimize(cupel::metrics::rank_pairs({queries, n, dimension},
                                                        {candidates, n, dimension}, targets,
                                                        static_cast<unsigned>(state.range(2))));
  }
  state.counters["FLOP"] = benchmark::Counter(2.0 * static_cast<double>(n * n * dimension),
                                              benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(rank_pairs)
    ->Args({3000, 256, 1})
    ->Args({3000, 768, 1})
    ->Args({3000, 768, 2})
    ->Args({10'000, 768, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Eight metrics from the ranks of 3,000 queries.
void score_ranks(benchmark::State& state) {
  std::mt19937 random(1);
  std::vector<cupel::metrics::TieRank> ranks(3000);
  for (auto& rank : ranks) rank.better = static_cast<std::uint32_t>(random() % 3000);
  const auto rule = cupel::metrics::TieRule::kExpected;
  for (auto _ : state) {
    for (const std::size_t k : {1, 5, 10, 20, 50}) {
      const auto metric = make_recall(k, rule);
      benchmark::DoNotOptimize(metric->score(measure_ranks(*metric, ranks)));
    }
    for (const auto& metric :
         {make_mrr(rule), cupel::metrics::make_mean_rank(rule), make_median_rank(rule)})
      benchmark::DoNotOptimize(metric->score(measure_ranks(*metric, ranks)));
  }
}
BENCHMARK(score_ranks)->Unit(benchmark::kMicrosecond);

}  // namespace
