#include "metrics/retrieval/retrieval_metrics.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <stdexcept>

namespace cupel::metrics {
namespace {

enum Column : std::uint8_t { kValue, kWeight, kBetter, kEqual, kFinite };

void write_rank(const TieRank& rank, TieRule rule, std::span<double> out) {
  out[kWeight] = weight(rank, rule);
  out[kBetter] = rank.better;
  out[kEqual] = rank.equal;
  out[kFinite] = rank.finite ? 1.0 : 0.0;
}

/// Σ value / Σ weight, for the three metrics that are means.
class RankMean : public RankMetric, public AdditiveMetric {
 public:
  explicit RankMean(TieRule rule) : rule_(rule) {}
  [[nodiscard]] Value finish(std::span<const double> sum) const final {
    if (sum[kWeight] == 0.0) return std::unexpected("no query counts");
    return sum[kValue] / sum[kWeight];
  }
  void measure(const TieRank& rank, std::span<double> out) const final {
    write_rank(rank, rule_, out);
    out[kValue] = value_of(rank, rule_);
  }

 private:
  [[nodiscard]] virtual double value_of(const TieRank& rank, TieRule rule) const = 0;
  TieRule rule_;
};

class Recall final : public RankMean {
 public:
  Recall(std::size_t k, TieRule rule) : RankMean(rule), k_(k) {}

 private:
  [[nodiscard]] double value_of(const TieRank& rank, TieRule rule) const override {
    return hits(rank, rule, k_);
  }
  std::size_t k_;
};

class Mrr final : public RankMean {
 public:
  using RankMean::RankMean;

 private:
  [[nodiscard]] double value_of(const TieRank& rank, TieRule rule) const override {
    return reciprocal(rank, rule);
  }
};

class MeanRank final : public RankMean {
 public:
  using RankMean::RankMean;

 private:
  [[nodiscard]] double value_of(const TieRank& rank, TieRule rule) const override {
    return position(rank, rule);
  }
};

/// How often each half rank occurs: a query of (half) ranks first, first + 2, …, last adds `times`
/// to each. Counted as rises and falls, so that a tie of any width costs two additions.
class RankHistogram {
 public:
  explicit RankHistogram(std::size_t size) : steps_(size, 0) {}
  void add(std::size_t first, std::size_t last, std::uint32_t times) {
    steps_[first] += times;
    steps_[last + 2] -= times;
    total_ += times * ((last - first) / 2 + 1);
  }
  [[nodiscard]] Value median() const {
    if (total_ == 0) return std::unexpected("no query counts");
    const std::size_t low = find((total_ + 1) / 2);
    const std::size_t high = find(total_ / 2 + 1);
    return static_cast<double>(low + high) / 4.0;
  }

 private:
  /// The n-th smallest half rank, n from 1. Even and odd half ranks are runs of their own.
  [[nodiscard]] std::size_t find(std::uint64_t n) const {
    std::int64_t height[2] = {0, 0};
    std::int64_t seen = 0;
    std::size_t at = 0;
    for (; seen < static_cast<std::int64_t>(n); ++at) {
      height[at % 2] += steps_[at];
      seen += height[at % 2];
    }
    return at - 1;
  }
  std::vector<std::int64_t> steps_;
  std::uint64_t total_ = 0;
};

class MedianRank final : public RankMetric {
 public:
  explicit MedianRank(TieRule rule) : rule_(rule) {}
  void measure(const TieRank& rank, std::span<double> out) const override {
    write_rank(rank, rule_, out);
    out[kValue] = position(rank, rule_);
  }
  [[nodiscard]] Value score(const StatisticTable& rows,
                            std::span<const std::uint32_t> times) const override {
    if (rows.rows() == 0) return std::unexpected("no example");
    double worst = 0.0;
    for (std::size_t i = 0; i < rows.rows(); ++i)
      worst = std::max(worst, rows.row(i)[kBetter] + rows.row(i)[kEqual]);
    if (!(worst < kMostCandidates)) return std::unexpected("a stored rank is out of bounds");
    RankHistogram histogram(2 * static_cast<std::size_t>(worst) + 5);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const auto [first, last] = half_ranks(rows.row(i));
      const bool counts = rows.row(i)[kWeight] > 0.0;
      if (counts) histogram.add(first, last, times.empty() ? 1 : times[i]);
    }
    return histogram.median();
  }

 private:
  static constexpr double kMostCandidates = 1U << 28U;

  struct HalfRanks {
    std::size_t first;
    std::size_t last;
  };
  [[nodiscard]] HalfRanks half_ranks(std::span<const double> row) const {
    const TieRank rank = stored_rank(row);
    if (rule_ == TieRule::kAtomas) {
      const std::size_t first = 2 * (std::size_t{rank.better} + 1);
      return {first, first + 2 * std::size_t{rank.equal}};
    }
    const auto half = static_cast<std::size_t>(2.0 * position(rank, rule_));
    return {half, half};
  }

  TieRule rule_;
};

}  // namespace

std::size_t RankMetric::counted(const StatisticTable& rows) const {
  if (rows.rows() == 0) return 0;
  return static_cast<std::size_t>(rows.sum()[kWeight]);
}

std::unique_ptr<RankMetric> make_recall(std::size_t k, TieRule rule) {
  if (k == 0) throw std::invalid_argument("recall@0 has no meaning");
  return std::make_unique<Recall>(k, rule);
}
std::unique_ptr<RankMetric> make_mrr(TieRule rule) { return std::make_unique<Mrr>(rule); }
std::unique_ptr<RankMetric> make_mean_rank(TieRule rule) {
  return std::make_unique<MeanRank>(rule);
}
std::unique_ptr<RankMetric> make_median_rank(TieRule rule) {
  return std::make_unique<MedianRank>(rule);
}

StatisticTable measure_ranks(const RankMetric& metric, std::span<const TieRank> ranks) {
  StatisticTable rows(ranks.size(), metric.statistics().size());
  for (std::size_t i = 0; i < ranks.size(); ++i) metric.measure(ranks[i], rows.row(i));
  return rows;
}

TieRank stored_rank(std::span<const double> row) {
  return {.better = static_cast<std::uint32_t>(row[kBetter]),
          .equal = static_cast<std::uint32_t>(row[kEqual]),
          .finite = row[kFinite] != 0.0};
}

}  // namespace cupel::metrics
