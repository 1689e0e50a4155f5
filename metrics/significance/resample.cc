#include "metrics/significance/resample.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "harness/core/parallel.h"
#include "harness/core/split_mix.h"

namespace cupel::metrics {
namespace {

std::mt19937_64 generator(std::uint64_t seed, std::uint64_t draw) {
  return std::mt19937_64(split_mix(seed + (draw + 1) * kSplitMixStep));
}

/// Adds `Width` columns of the rows of `indices`. A row goes to one of `kStreams` sums in turn:
/// one sum would wait for each addition to end before the next.
template <std::size_t Width>
void add_block(const double* matrix, std::size_t stride, std::span<const std::uint32_t> indices,
               double* sum) {
  constexpr std::size_t kStreams = Width <= 2 ? 4 : 2;
  double sums[kStreams][Width] = {};
  std::size_t i = 0;
  for (; i + kStreams <= indices.size(); i += kStreams) {
    for (std::size_t s = 0; s < kStreams; ++s) {
      const double* row = matrix + indices[i + s] * stride;
      for (std::size_t c = 0; c < Width; ++c) sums[s][c] += row[c];
    }
  }
  for (; i < indices.size(); ++i) {
    const double* row = matrix + indices[i] * stride;
    for (std::size_t c = 0; c < Width; ++c) sums[0][c] += row[c];
  }
  for (std::size_t s = 1; s < kStreams; ++s) {
    for (std::size_t c = 0; c < Width; ++c) sums[0][c] += sums[s][c];
  }
  std::copy_n(sums[0], Width, sum);
}

}  // namespace

void draw_rows(std::uint64_t seed, std::uint64_t draw, std::size_t rows,
               std::span<std::uint32_t> out) {
  if (rows > std::numeric_limits<std::uint32_t>::max())
    throw std::invalid_argument("too many rows to draw from");
  if (rows == 0 || out.empty()) return;
  std::mt19937_64 words = generator(seed, draw);
  const auto rejected = static_cast<std::uint32_t>((std::uint64_t{1} << 32U) % rows);
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::uint64_t pair = words();
    for (const std::uint64_t word : {pair & 0xFFFFFFFFU, pair >> 32U}) {
      const std::uint64_t product = word * rows;
      if (static_cast<std::uint32_t>(product) < rejected || filled == out.size()) continue;
      out[filled++] = static_cast<std::uint32_t>(product >> 32U);
    }
  }
}

void draw_bits(std::uint64_t seed, std::uint64_t draw, std::span<std::uint32_t> out) {
  std::mt19937_64 words = generator(seed, draw);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    bits = i % 64 == 0 ? words() : bits >> 1U;
    out[i] = bits & 1U;
  }
}

ResampledScores::ResampledScores(std::span<const ScoredMetric> metrics) {
  std::size_t columns = 0;
  for (std::size_t slot = 0; slot < metrics.size(); ++slot) {
    const auto& [metric, table] = metrics[slot];
    if (slot == 0) rows_ = table->rows();
    if (table->rows() != rows_)
      throw std::invalid_argument("metrics that are resampled together must share their rows");
    if (const auto* sums = dynamic_cast<const AdditiveMetric*>(metric); sums != nullptr) {
      additive_.push_back({slot, sums, columns, table->columns()});
      columns += table->columns();
    } else {
      general_.push_back({slot, metric->prepare(*table)});
    }
  }
  stride_ = columns <= 2 ? 2 : (columns + 3) / 4 * 4;
  if (columns == 0) stride_ = 0;
  matrix_.assign(rows_ * stride_, 0.0);
  for (const Additive& part : additive_) {
    for (std::size_t i = 0; i < rows_; ++i)
      std::ranges::copy(metrics[part.slot].rows->row(i),
                        matrix_.begin() + static_cast<std::ptrdiff_t>(i * stride_ + part.first));
  }
}

void ResampledScores::add_rows(std::span<const std::uint32_t> indices,
                               std::span<double> sum) const {
  std::size_t c = 0;
  if (stride_ == 2) return add_block<2>(matrix_.data(), stride_, indices, sum.data());
  for (; c + 8 <= stride_; c += 8)
    add_block<8>(matrix_.data() + c, stride_, indices, sum.data() + c);
  if (c < stride_) add_block<4>(matrix_.data() + c, stride_, indices, sum.data() + c);
}

void ResampledScores::score(std::span<const std::uint32_t> indices,
                            std::span<std::optional<double>> out) const {
  const auto keep = [&](std::size_t slot, const Value& value) {
    out[slot] = value ? std::optional(*value) : std::nullopt;
  };
  if (rows_ == 0) {
    std::ranges::fill(out, std::nullopt);
    return;
  }
  if (!additive_.empty()) {
    std::vector<double> sum(stride_);
    add_rows(indices, sum);
    for (const Additive& part : additive_)
      keep(part.slot, part.metric->finish(std::span(sum).subspan(part.first, part.columns)));
  }
  if (general_.empty()) return;
  std::vector<std::uint32_t> times(rows_, 0);
  for (const std::uint32_t index : indices) ++times[index];
  for (const General& part : general_) keep(part.slot, part.score(times));
}

std::vector<DrawnScores> bootstrap_scores(std::span<const ScoredMetric> metrics, std::size_t draws,
                                          std::uint64_t seed, unsigned jobs) {
  const ResampledScores scores(metrics);
  std::vector<DrawnScores> drawn(metrics.size(), DrawnScores(draws));
  constexpr std::size_t kBlock = 16;  // draws that share their buffers
  parallel_for((draws + kBlock - 1) / kBlock, jobs, [&](std::size_t block) {
    std::vector<std::uint32_t> indices(scores.rows());
    std::vector<std::optional<double>> out(metrics.size());
    for (std::size_t d = block * kBlock; d < std::min(draws, (block + 1) * kBlock); ++d) {
      draw_rows(seed, d, scores.rows(), indices);
      scores.score(indices, out);
      for (std::size_t m = 0; m < out.size(); ++m) drawn[m][d] = out[m];
    }
  });
  return drawn;
}

double quantile(std::span<const double> sorted, double q) {
  assert(!sorted.empty());
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  if (part == 0.0) return sorted[below];
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

std::optional<Bounds> percentile_bounds(const DrawnScores& draws, double confidence) {
  if (draws.empty()) return std::nullopt;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto bound = [&](double stand_in, double q) {
    std::vector<double> sorted;
    for (const auto& score : draws) sorted.push_back(score.value_or(stand_in));
    std::ranges::sort(sorted);
    return quantile(sorted, q);
  };
  const double tail = (1.0 - confidence) / 2.0;
  const Bounds bounds{.low = bound(-kInfinity, tail), .high = bound(kInfinity, 1.0 - tail)};
  if (!std::isfinite(bounds.low) || !std::isfinite(bounds.high)) return std::nullopt;
  return bounds;
}

double deviation(const DrawnScores& draws) {
  double sum = 0.0;
  double count = 0.0;
  for (const auto& score : draws) {
    sum += score.value_or(0.0);
    count += score.has_value() ? 1.0 : 0.0;
  }
  if (count < 2.0) return 0.0;
  double squares = 0.0;
  for (const auto& score : draws) {
    if (score) squares += (*score - sum / count) * (*score - sum / count);
  }
  return std::sqrt(squares / (count - 1.0));
}

std::size_t count_missing(const DrawnScores& draws) {
  return static_cast<std::size_t>(
      std::ranges::count(draws, false, [](const auto& score) { return score.has_value(); }));
}

}  // namespace cupel::metrics
