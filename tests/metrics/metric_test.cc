#include "metrics/metric.h"

#include <array>
#include <cstdint>

#include <catch2/catch_test_macros.hpp>

#include "metrics/pair.h"

namespace {

using namespace cupel;
using namespace cupel::metrics;

/// The length of the prediction; an empty one does not count.
class Length final : public MeanMetric {
 protected:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    return {.value = static_cast<double>(pair.prediction().size()),
            .counts = !pair.prediction().empty()};
  }
};

StatisticTable measured(const Metric& metric) {
  const PairContext context;
  StatisticTable rows(3, metric.statistics().size());
  const std::array<const char*, 3> predictions = {"a", "", "abc"};
  for (std::size_t i = 0; i < 3; ++i)
    Length().measure(Pair(predictions[i], "", context), rows.row(i));
  return rows;
}

}  // namespace

TEST_CASE("a mean is over the examples that count, and says how many they are") {
  const Length metric;
  const StatisticTable rows = measured(metric);
  CHECK(metric.score(rows).value() == 2.0);
  CHECK(metric.counted(rows) == 2);
}

TEST_CASE("multiplicities weigh rows as if they stood in the table so often") {
  const Length metric;
  const StatisticTable rows = measured(metric);
  const std::array<std::uint32_t, 3> times = {3, 5, 1};
  CHECK(metric.score(rows, times).value() == 1.5);  // (3 · 1 + 3) / 4
}

TEST_CASE("no example, or none that counts, has no score and a reason") {
  const Length metric;
  const StatisticTable rows = measured(metric);
  const std::array<std::uint32_t, 3> only_empty = {0, 7, 0};
  CHECK_FALSE(metric.score(StatisticTable(0, 2)).has_value());
  REQUIRE_FALSE(metric.score(rows, only_empty).has_value());
  CHECK_FALSE(metric.score(rows, only_empty).error().empty());
}
