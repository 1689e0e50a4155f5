#include "metrics/classification/label_metric.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/classification/pr_auc.h"
#include "metrics/classification/roc_auc.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using cupel::StatisticTable;
using cupel::metrics::AveragePrecision;
using cupel::metrics::LabelMetric;
using cupel::metrics::RocAuc;
using cupel::metrics::TrapezoidPrAuc;

namespace {

StatisticTable table(const std::vector<std::vector<double>>& rows) {
  StatisticTable result(rows.size(), rows.at(0).size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy(rows[i].begin(), rows[i].end(), result.row(i).begin());
  return result;
}

std::vector<double> reals(const cupel::JsonValue& array) {
  std::vector<double> all;
  for (const auto& item : array.items) all.push_back(item.real);
  return all;
}

}  // namespace

TEST_CASE("Areas equal scikit-learn's, with ties, missing labels and multiplicities") {
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data("rank_golden.json")),
                                        "rank_golden.json");
  cupel::JsonObject root(golden, "rank_golden.json");
  const auto& cases = root.member("areas").items;
  REQUIRE(cases.size() == 14);
  for (const auto& item : cases) {
    cupel::JsonObject one(item, "rank_golden.json");
    const auto labels = reals(one.member("labels"));
    const auto logits = reals(one.member("logits"));
    std::vector<std::uint32_t> times;
    for (const double n : reals(one.member("times")))
      times.push_back(static_cast<std::uint32_t>(n));
    CAPTURE(one.text("name"));
    const RocAuc roc({""});
    const AveragePrecision precision({""});
    const TrapezoidPrAuc trapezoid({""});
    StatisticTable rows(labels.size(), 2);
    for (std::size_t i = 0; i < labels.size(); ++i)
      roc.measure({&labels[i], 1}, {&logits[i], 1}, rows.row(i));
    for (const auto& [key, metric] : {std::pair<const char*, const LabelMetric*>{"roc_auc", &roc},
                                      {"average_precision", &precision},
                                      {"trapezoid", &trapezoid}}) {
      CAPTURE(key);
      const cupel::JsonValue& expected = one.member(key);
      const auto score = metric->score(rows, times);
      REQUIRE(score.has_value() == (expected.kind != cupel::JsonValue::Kind::kNull));
      if (score) CHECK_THAT(*score, WithinAbs(expected.real, 1e-12));
      CHECK(metric->prepare(rows)(times) == score);
    }
  }
}

TEST_CASE("The score is the plain mean over the tasks with both classes") {
  const RocAuc metric({"won", "lost", "positive only"});
  const auto rows = table({{1, 0.9, 1, 0.1, 1, 0.5}, {-1, 0.1, -1, 0.9, 0, 0.0}});
  CHECK(metric.score(rows) == 0.5);
  const auto tasks = metric.score_tasks(rows);
  REQUIRE(tasks.size() == 3);
  CHECK(tasks[0].value == 1.0);
  CHECK(tasks[1].value == 0.0);
  CHECK(tasks[2].task == "positive only");
  CHECK(tasks[2].value.error() == "no negative");
  CHECK(tasks[2].positives == 1);
  CHECK(tasks[2].negatives == 0);
}

TEST_CASE("Without a task that has both classes the reason names every task") {
  const RocAuc metric({"a", "b"});
  CHECK(metric.score(table({{1, 0.5, 0, 0.0}, {1, 0.4, 0, 0.0}})).error() ==
        "no task has both classes (a: no negative, b: no label)");
  CHECK(RocAuc({""}).score(table({{-1, 0.5}})).error() == "no task has both classes (no positive)");
  CHECK(metric.score(StatisticTable(0, 4)).error() == "no example");
  CHECK(metric.prepare(StatisticTable(0, 4))({}).error() == "no example");
}

TEST_CASE("Bad labels and logits give a reason that names the row") {
  const RocAuc metric({""});
  CHECK(metric.score(table({{1, 0.5}, {0.5, 0.5}})).error() ==
        "row 1: label 0.5 is none of 1, -1, 0");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(metric.score(table({{1, nan}, {-1, 0.5}})).error() == "row 0: the logit is not finite");
  CHECK(metric.score_tasks(table({{nan, 0.0}})).at(0).value.error() ==
        "row 0: label nan is none of 1, -1, 0");
  CHECK(metric.score(table({{1, 1.0}, {-1, 0.5}, {0, nan}})) == 1.0);  // a missing label's logit
  CHECK_THROWS_AS(RocAuc(std::vector<std::string>()), std::invalid_argument);
}

TEST_CASE("A missing label hides its logit, and counted() is the number of labelled examples") {
  const RocAuc metric({"a", "b"});
  std::vector<double> out(4);
  metric.measure(std::vector<double>{0.0, 1.0}, std::vector<double>{0.7, 0.3}, out);
  CHECK(out == std::vector<double>{0.0, 0.0, 1.0, 0.3});
  CHECK(metric.counted(table({{0, 0, 1, 0.3}, {0, 0, 0, 0}, {-1, 0.1, 0, 0}})) == 2);
  CHECK(metric.statistics() ==
        std::vector<std::string>{"label:a", "logit:a", "label:b", "logit:b"});
  CHECK(RocAuc({""}).statistics() == std::vector<std::string>{"label", "logit"});
}

TEST_CASE("Multiplicities score as if the examples were repeated") {
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::vector<double>> rows;
    std::vector<std::vector<double>> repeated;
    std::vector<std::uint32_t> times;
    for (int i = 0; i < 25; ++i) {
      rows.push_back({static_cast<double>(random() % 3) - 1.0, static_cast<double>(random() % 6),
                      static_cast<double>(random() % 3) - 1.0, static_cast<double>(random() % 40)});
      times.push_back(static_cast<std::uint32_t>(random() % 3));
      repeated.insert(repeated.begin(), times.back(), rows.back());
    }
    const RocAuc roc({"a", "b"});
    CHECK(roc.score(table(rows), times) == roc.score(table(repeated)));
    const AveragePrecision precision({"a", "b"});
    CHECK(precision.score(table(rows), times) == precision.score(table(repeated)));
  }
}
