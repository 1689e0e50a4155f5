#include "metrics/classification/roc_auc.h"

#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using cupel::metrics::RocAuc;

TEST_CASE("ROC-AUC equals scikit-learn's over the golden tasks, and skips the same ones") {
  const auto path = cupel::test::real_data("golden/roc_auc.json");
  const auto golden = cupel::parse_json(cupel::read_file(path), "roc_auc.json");
  cupel::JsonObject root(golden, "roc_auc.json");
  const auto& labels = root.member("labels").items;
  const auto& scores = root.member("scores").items;
  const RocAuc metric({"a", "b", "c", "d", "e"});
  cupel::StatisticTable rows(labels.size(), 10);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<double> label;
    std::vector<double> logit;
    for (std::size_t t = 0; t < 5; ++t) {
      label.push_back(labels[i].items.at(t).real);
      logit.push_back(scores[i].items.at(t).real);
    }
    metric.measure(label, logit, rows.row(i));
  }
  CHECK_THAT(metric.score(rows).value(), WithinAbs(root.member("mean_auc").real, 1e-12));
  const auto tasks = metric.score_tasks(rows);
  const auto& used = root.member("tasks_used").items;
  const auto& areas = root.member("auc_per_used_task").items;
  REQUIRE(used.size() == 3);
  for (std::size_t u = 0; u < used.size(); ++u)
    CHECK_THAT(tasks.at(static_cast<std::size_t>(used[u].integer)).value.value(),
               WithinAbs(areas.at(u).real, 1e-12));
  CHECK(tasks[3].value.error() == "no positive");
  CHECK(tasks[4].value.error() == "no label");
}

TEST_CASE("ROC-AUC is the share of pairs won, ties half") {
  const RocAuc metric({""});
  cupel::StatisticTable rows(4, 2);
  const double labels[] = {1, 1, -1, -1};
  const double logits[] = {0.9, 0.4, 0.4, 0.1};
  for (std::size_t i = 0; i < 4; ++i) metric.measure({labels + i, 1}, {logits + i, 1}, rows.row(i));
  CHECK(metric.score(rows) == (1 + 1 + 0.5 + 1) / 4);
}
