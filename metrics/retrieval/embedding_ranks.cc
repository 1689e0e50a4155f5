#include "metrics/retrieval/embedding_ranks.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "harness/core/parallel.h"
#include "metrics/retrieval/similarity_tile.h"

namespace cupel::metrics {
namespace {

/// Integers in the order of TieRank's scores: NaN, −∞, …, −0 = +0, …, +∞. Counting integers is
/// exact, needs no case for NaN, and vectorises.
using Key = std::int32_t;
constexpr Key kNoCandidate = std::numeric_limits<Key>::min();  // below all, so it never counts
constexpr Key kNanKey = kNoCandidate + 1;
constexpr Key kNoTarget = std::numeric_limits<Key>::max();  // above +∞, so nothing counts

Key key_of(float score) {
  const auto bits = std::bit_cast<Key>(score + 0.0F);  // −0 becomes +0
  const Key ordered = bits ^ static_cast<Key>(static_cast<std::uint32_t>(bits >> 31) >> 1U);
  return std::isnan(score) ? kNanKey : ordered;
}

constexpr std::size_t kColumns = 2 * kTileColumns;  // candidates of a panel
constexpr std::size_t kRows = 16 * kTileRows;       // queries of a strip

/// For one query of each candidate of a panel: the key to beat. Where several queries share a
/// candidate there are several layers.
struct Layer {
  std::array<Key, kColumns> key;
  std::array<std::size_t, kColumns> query;
  std::array<std::uint32_t, kColumns> better{};
  std::array<std::uint32_t, kColumns> equal{};
  Layer() {
    key.fill(kNoTarget);
    query.fill(0);
  }
};

class PairRanker {
 public:
  PairRanker(const Embeddings& queries, const Embeddings& candidates,
             std::span<const std::uint32_t> targets)
      : queries_(queries), candidates_(candidates), keys_(queries.rows) {
    by_panel_.resize((candidates.rows + kColumns - 1) / kColumns);
    ranks_.forward.resize(queries.rows);
    ranks_.backward.resize(queries.rows);
    for (std::size_t i = 0; i < queries.rows; ++i) {
      const float score = dot(queries.row(i), candidates.row(targets[i]));
      keys_[i] = key_of(score);
      by_panel_[targets[i] / kColumns].push_back({targets[i] % kColumns, i});
      const bool finite = std::isfinite(score);
      ranks_.forward[i] = {.candidates = static_cast<std::uint32_t>(candidates.rows),
                           .finite = finite};
      ranks_.backward[i] = {.candidates = static_cast<std::uint32_t>(queries.rows),
                            .finite = finite};
    }
  }

  PairRanks run(unsigned jobs) {
    parallel_for(by_panel_.size(), jobs, [this](std::size_t panel) { count_panel(panel); });
    for (auto* side : {&ranks_.forward, &ranks_.backward}) {
      for (TieRank& rank : *side) {
        assert(rank.equal > 0);  // the target itself, from the same arithmetic
        --rank.equal;
      }
    }
    return std::move(ranks_);
  }

 private:
  struct Entry {
    std::size_t column;
    std::size_t query;
  };
  using Strip = std::array<Key, kRows * kColumns>;

  void count_panel(std::size_t panel) {
    const std::size_t first = panel * kColumns;
    const std::size_t columns = std::min(kColumns, candidates_.rows - first);
    const std::vector<float> packed = pack(first, columns);
    std::vector<Layer> layers = layers_of(panel);
    Strip strip;
    for (std::size_t begin = 0; begin < queries_.rows; begin += kRows) {
      const std::size_t rows = std::min(kRows, queries_.rows - begin);
      fill(packed, columns, begin, rows, strip);
      for (std::size_t r = 0; r < rows; ++r) {
        const std::span<const Key, kColumns> row(strip.data() + r * kColumns, kColumns);
        count_row(row, begin + r);
        for (Layer& layer : layers) count_columns(row, layer);
      }
    }
    for (const Layer& layer : layers) {
      for (std::size_t c = 0; c < columns; ++c) {
        if (layer.key[c] == kNoTarget) continue;
        ranks_.backward[layer.query[c]].better = layer.better[c];
        ranks_.backward[layer.query[c]].equal = layer.equal[c];
      }
    }
  }

  /// The candidates of a panel, dimension by dimension; missing ones are zero and never counted.
  [[nodiscard]] std::vector<float> pack(std::size_t first, std::size_t columns) const {
    const std::size_t dimension = queries_.dimension;
    std::vector<float> packed(kColumns * dimension, 0.0F);
    for (std::size_t c = 0; c < columns; ++c) {
      const auto row = candidates_.row(first + c);
      float* to = packed.data() + c / kTileColumns * (kTileColumns * dimension) + c % kTileColumns;
      for (std::size_t k = 0; k < dimension; ++k) to[k * kTileColumns] = row[k];
    }
    return packed;
  }

  [[nodiscard]] std::vector<Layer> layers_of(std::size_t panel) const {
    std::vector<Layer> layers;
    std::array<std::size_t, kColumns> used{};
    for (const auto& [column, query] : by_panel_[panel]) {
      const std::size_t layer = used[column]++;
      if (layer == layers.size()) layers.emplace_back();
      layers[layer].key[column] = keys_[query];
      layers[layer].query[column] = query;
    }
    return layers;
  }

  void fill(const std::vector<float>& packed, std::size_t columns, std::size_t begin,
            std::size_t rows, Strip& strip) const {
    std::array<float, kRows * kColumns> scores;
    for (std::size_t r = 0; r < rows; r += kTileRows) {
      std::array<const float*, kTileRows> at{};
      for (std::size_t i = 0; i < kTileRows; ++i)  // the last tile repeats its last row
        at[i] = queries_.row(begin + std::min(r + i, rows - 1)).data();
      for (std::size_t c = 0; c < kColumns; c += kTileColumns) {
        similarity_tile(at, packed.data() + c * queries_.dimension, queries_.dimension, kColumns,
                        scores.data() + r * kColumns + c);
      }
    }
    for (std::size_t r = 0; r < rows; ++r) {
      Key* keys = strip.data() + r * kColumns;
      for (std::size_t c = 0; c < kColumns; ++c) keys[c] = key_of(scores[r * kColumns + c]);
      for (std::size_t c = columns; c < kColumns; ++c) keys[c] = kNoCandidate;
    }
  }

  /// Panels share the queries, so their counts are added atomically; integers add in any order.
  void count_row(std::span<const Key, kColumns> row, std::size_t query) {
    const Key key = keys_[query];
    std::uint32_t better = 0;
    std::uint32_t equal = 0;
    for (std::size_t c = 0; c < kColumns; ++c) {
      better += row[c] > key;
      equal += row[c] == key;
    }
    TieRank& rank = ranks_.forward[query];
    std::atomic_ref(rank.better).fetch_add(better, std::memory_order_relaxed);
    std::atomic_ref(rank.equal).fetch_add(equal, std::memory_order_relaxed);
  }

  static void count_columns(std::span<const Key, kColumns> row, Layer& layer) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      layer.better[c] += row[c] > layer.key[c];
      layer.equal[c] += row[c] == layer.key[c];
    }
  }

  const Embeddings& queries_;
  const Embeddings& candidates_;
  std::vector<Key> keys_;  // of each query's target
  std::vector<std::vector<Entry>> by_panel_;
  PairRanks ranks_;
};

void check(const Embeddings& side) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (side.rows > kMost || side.values.size() != side.rows * side.dimension)
    throw std::invalid_argument("embeddings do not have rows × dimension numbers");
}

}  // namespace

float dot(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  float sum = 0.0F;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

void normalize_rows(std::span<float> values, std::size_t dimension) {
  for (std::size_t begin = 0; dimension > 0 && begin < values.size(); begin += dimension) {
    const auto row = values.subspan(begin, dimension);
    double squares = 0.0;
    for (const float x : row) squares += static_cast<double>(x) * static_cast<double>(x);
    const auto length = std::max(static_cast<float>(std::sqrt(squares)), 1e-12F);
    for (float& x : row) x /= length;
  }
}

PairRanks rank_pairs(const Embeddings& queries, const Embeddings& candidates,
                     std::span<const std::uint32_t> targets, unsigned jobs) {
  check(queries);
  check(candidates);
  if (queries.rows > 0 && queries.dimension != candidates.dimension)
    throw std::invalid_argument("queries and candidates differ in dimension");
  if (targets.size() != queries.rows) throw std::invalid_argument("one target a query is needed");
  for (const std::uint32_t target : targets) {
    if (target >= candidates.rows) throw std::invalid_argument("a target is no candidate");
  }
  return PairRanker(queries, candidates, targets).run(jobs);
}

}  // namespace cupel::metrics
