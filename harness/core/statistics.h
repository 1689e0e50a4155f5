/// Per-example statistics: what a score is made of, and all that is needed to make it again.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cupel {

/// A dense table, one row an example, one column a statistic of one metric. Rows of additive
/// metrics add up.
class StatisticTable {
 public:
  StatisticTable() = default;
  StatisticTable(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), cells_(rows * columns, 0.0) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::span<double> row(std::size_t i) {
    return {cells_.data() + i * columns_, columns_};
  }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return {cells_.data() + i * columns_, columns_};
  }
  /// Column sums, added in row order, so that they do not depend on threads.
  [[nodiscard]] std::vector<double> sum() const {
    std::vector<double> total(columns_, 0.0);
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t c = 0; c < columns_; ++c) total[c] += cells_[i * columns_ + c];
    }
    return total;
  }
  bool operator==(const StatisticTable&) const = default;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<double> cells_;
};

}  // namespace cupel
