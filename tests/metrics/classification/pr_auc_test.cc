#include "metrics/classification/pr_auc.h"

#include <catch2/catch_test_macros.hpp>

using cupel::metrics::AveragePrecision;
using cupel::metrics::TrapezoidPrAuc;

namespace {

cupel::StatisticTable constant_scorer(std::size_t positives, std::size_t negatives) {
  cupel::StatisticTable rows(positives + negatives, 2);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const double label = i < positives ? 1.0 : -1.0;
    const double logit = 0.5;
    AveragePrecision({""}).measure({&label, 1}, {&logit, 1}, rows.row(i));
  }
  return rows;
}

}  // namespace

TEST_CASE("A constant scorer has the chance level in average precision, but not in trapezoids") {
  const auto rows = constant_scorer(1, 3);
  CHECK(AveragePrecision({""}).score(rows) == 0.25);
  CHECK(TrapezoidPrAuc({""}).score(rows) == 0.625);
}
