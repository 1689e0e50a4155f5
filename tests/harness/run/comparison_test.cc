#include "harness/run/comparison.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/significance/holm.h"
#include "metrics/significance/paired.h"
#include "tests/harness/run/compared_runs.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;

const ComparisonOptions kQuick{.resamples = 300, .trials = 300, .seed = 3};

ComparedMetric metric(const RunComparison& comparison, const std::string& protocol,
                      const std::string& id) {
  const auto at = std::ranges::find_if(comparison.metrics, [&](const ComparedMetric& one) {
    return one.protocol == protocol && one.metric == id;
  });
  REQUIRE(at != comparison.metrics.end());
  return *at;
}

struct Fixture {
  test::TempDir dir;
  results::StoreWriter store{dir / "s.db", true, "{}"};
};

TEST_CASE_METHOD(Fixture, "A comparison shows the stored scores and their paired difference") {
  const auto a = test::add_scored(store, "a", test::alcohols(0, 60, 2, 1));
  const auto b = test::add_scored(store, "b", test::alcohols(0, 60, 12, 2));
  const auto comparison = compare_runs(store, a, b, kQuick);
  CHECK(comparison.same_examples);
  CHECK(comparison.examples == 60);
  CHECK(comparison.task == "generation");
  CHECK(comparison.candidate.model == "b");
  const auto left = store.measurements(a);
  const auto right = store.measurements(b);
  REQUIRE(comparison.metrics.size() == 7);
  for (std::size_t m = 0; m < 7; ++m) {
    const ComparedMetric& one = comparison.metrics[m];
    INFO(one.metric);
    CHECK(one.metric == left[m].metric);
    CHECK(one.baseline == left[m].score->value);
    CHECK(one.candidate == right[m].score->value);
    CHECK(one.baseline_n == left[m].score->n);
    CHECK(one.signature_long == left[m].signature_long);
    CHECK(one.higher_is_better == (one.metric != "levenshtein"));
    REQUIRE(one.difference.has_value());
    CHECK(one.difference->value == *one.candidate - *one.baseline);
    CHECK(one.difference->low < one.difference->high);
    CHECK(one.verdict == Verdict::kBetter);  // also where less is better
    CHECK(one.difference->better_share > 0.95);
  }
}

TEST_CASE_METHOD(Fixture,
                 "The tests are those of the stored statistics, adjusted over a protocol") {
  const auto a = test::add_scored(store, "a", test::alcohols(0, 40, 3, 1));
  const auto b = test::add_scored(store, "b", test::alcohols(0, 40, 3, 2));
  for (const auto& run : {a, b}) test::score_run(store, run, "molt5");
  const auto comparison = compare_runs(store, a, b, kQuick);
  REQUIRE(comparison.metrics.size() == 14);
  const auto left = store.measurements(a);
  const auto right = store.measurements(b);
  for (std::size_t m = 0; m < 14; ++m) {
    const ComparedMetric& one = comparison.metrics[m];
    const auto finisher =
        finishing_metric(metrics::find_protocol(one.protocol), "generation", one.metric, {});
    const auto before = store.statistics(a, left[m]);
    const auto after = store.statistics(b, right[m]);
    const metrics::PairedRuns runs{finisher.get(), &before, &after};
    const auto drawn = metrics::paired_bootstrap({&runs, 1}, {.draws = 300, .seed = 3})[0];
    const auto swapped =
        metrics::approximate_randomization({&runs, 1}, {.trials = 300, .seed = 3})[0];
    INFO(one.protocol << " " << one.metric);
    CHECK(one.difference->p_bootstrap == drawn->p);
    CHECK_THAT(one.difference->low, WithinAbs(drawn->low, 1e-12));
    CHECK_THAT(one.difference->high, WithinAbs(drawn->high, 1e-12));
    CHECK(one.difference->p_randomization == swapped->p);
  }
  for (const std::size_t first : {0U, 7U}) {
    std::vector<double> p;
    for (std::size_t m = first; m < first + 7; ++m)
      p.push_back(comparison.metrics[m].difference->p_randomization);
    const auto adjusted = metrics::holm_adjusted(p);
    for (std::size_t m = 0; m < 7; ++m)
      CHECK(comparison.metrics[first + m].difference->p_randomization_holm == adjusted[m]);
  }
  ComparisonOptions one_metric = kQuick;
  one_metric.metrics = {"morgan"};
  const auto alone = compare_runs(store, a, b, one_metric);
  REQUIRE(alone.metrics.size() == 2);
  CHECK(alone.metrics[0].difference->p_bootstrap_holm == alone.metrics[0].difference->p_bootstrap);
  CHECK(alone.moved.metric == "morgan");
}

TEST_CASE_METHOD(Fixture, "Exchanging the runs turns every sign and every verdict") {
  const auto a = test::add_scored(store, "a", test::alcohols(0, 60, 2, 1));
  const auto b = test::add_scored(store, "b", test::alcohols(0, 60, 12, 2));
  const auto there = compare_runs(store, a, b, kQuick);
  const auto back = compare_runs(store, b, a, kQuick);
  for (std::size_t m = 0; m < 7; ++m) {
    const PairedDifference& one = *there.metrics[m].difference;
    const PairedDifference& other = *back.metrics[m].difference;
    CHECK(other.value == -one.value);
    CHECK_THAT(other.low, WithinAbs(-one.high, 1e-12));
    CHECK_THAT(other.better_share, WithinAbs(1.0 - one.better_share, 1e-12));
    CHECK(other.p_randomization == one.p_randomization);
    CHECK(back.metrics[m].verdict == Verdict::kWorse);
  }
}

TEST_CASE_METHOD(Fixture, "A run does not differ from itself") {
  const auto a = test::add_scored(store, "a", test::alcohols(0, 20, 3, 1));
  const auto comparison = compare_runs(store, a, a, kQuick);
  for (const ComparedMetric& one : comparison.metrics) {
    CHECK(one.difference->value == 0.0);
    CHECK(one.difference->p_bootstrap_holm == 1.0);
    CHECK(one.verdict == Verdict::kUnclear);
  }
  CHECK(comparison.moved.examples.empty());
  CHECK(comparison.settings.empty());
}

TEST_CASE_METHOD(Fixture, "Runs on overlapping examples are compared on what they share") {
  const auto left = test::alcohols(0, 50, 3, 1);
  const auto right = test::alcohols(20, 70, 3, 2);
  const auto a = test::add_scored(store, "a", left);
  auto shuffled = right;
  std::ranges::reverse(shuffled);
  const auto b = test::add_scored(store, "b", shuffled);
  const auto a_shared = test::add_scored(store, "a shared", {left.begin() + 20, left.end()});
  const auto b_shared = test::add_scored(store, "b shared", {right.begin(), right.begin() + 30});
  const auto overlapping = compare_runs(store, a, b, kQuick);
  const auto shared = compare_runs(store, a_shared, b_shared, kQuick);
  CHECK_FALSE(overlapping.same_examples);
  CHECK(overlapping.examples == 30);
  CHECK(overlapping.baseline.size == 50);
  CHECK(shared.same_examples);
  for (std::size_t m = 0; m < 7; ++m) {
    CHECK(overlapping.metrics[m].baseline == shared.metrics[m].baseline);
    CHECK(overlapping.metrics[m].candidate == shared.metrics[m].candidate);
    CHECK(overlapping.metrics[m].difference->low == shared.metrics[m].difference->low);
    CHECK(overlapping.metrics[m].difference->p_randomization ==
          shared.metrics[m].difference->p_randomization);
  }
  REQUIRE_FALSE(overlapping.moved.examples.empty());
  REQUIRE(overlapping.moved.examples.size() == shared.moved.examples.size());
  for (std::size_t i = 0; i < shared.moved.examples.size(); ++i) {
    const MovedExample& one = overlapping.moved.examples[i];
    const MovedExample& other = shared.moved.examples[i];
    CHECK(one.position == other.position + 20);
    CHECK(one.candidate_position == 49 - other.position);
    CHECK(one.input == other.input);
    CHECK(one.baseline_prediction == other.baseline_prediction);
    CHECK(one.candidate_prediction == other.candidate_prediction);
  }
}

TEST_CASE_METHOD(Fixture, "The named examples carry the texts of their rows") {
  auto rows = test::alcohols(0, 10, 1000, 1);
  const auto a = test::add_scored(store, "a", rows);
  rows[4].prediction = "CCN";
  rows[7].prediction = "C(";
  const auto b = test::add_scored(store, "b", rows);
  ComparisonOptions options = kQuick;
  options.metrics = {"validity", "exact"};
  const auto comparison = compare_runs(store, a, b, options);
  CHECK(comparison.moved.metric == "validity");
  CHECK(comparison.moved.protocol == "cupel");
  REQUIRE(comparison.moved.examples.size() == 1);
  const MovedExample& one = comparison.moved.examples[0];
  CHECK(one.position == 7);
  CHECK_FALSE(one.better);
  CHECK(one.baseline == 1.0);
  CHECK(one.candidate == 0.0);
  CHECK(one.input == "alcohol number 7");
  CHECK(one.reference == "CCCCCCCCO");
  CHECK(one.baseline_prediction == "CCCCCCCCO");
  CHECK(one.candidate_prediction == "C(");
  CHECK(comparison.settings.at(0).key == "model");
  CHECK(comparison.settings.at(2) == SettingDifference{"source", "file", "a", "b"});
}

TEST_CASE_METHOD(Fixture, "A metric without a value has a reason, and the others their tests") {
  auto rows = test::alcohols(0, 10, 3, 1);
  const auto a = test::add_run(store, "a", rows);
  for (auto& row : rows) row.prediction = "C(";
  const auto b = test::add_run(store, "b", rows);
  for (const auto& run : {a, b}) test::score_run(store, run, "molt5");
  const auto comparison = compare_runs(store, a, b, kQuick);
  const ComparedMetric morgan = metric(comparison, "molt5", "morgan");
  CHECK_FALSE(morgan.difference.has_value());
  CHECK_FALSE(morgan.candidate.has_value());
  CHECK(morgan.baseline.has_value());
  CHECK_THAT(morgan.reason, ContainsSubstring("candidate: "));
  CHECK(morgan.verdict == Verdict::kUnclear);
  CHECK(metric(comparison, "molt5", "validity").difference->value < 0.0);
}

TEST_CASE_METHOD(Fixture, "Runs of different tasks and unfinished runs are refused") {
  const auto a = test::add_scored(store, "a", test::alcohols(0, 10, 3, 1));
  const auto captions = test::add_run(store, "c", test::alcohols(0, 10, 3, 1), "captioning");
  const auto code_of = [&](const results::Run& b) {
    try {
      static_cast<void>(compare_runs(store, a, b, kQuick));
    } catch (const Error& error) {
      CHECK_FALSE(error.hint().empty());
      return error.code();
    }
    return Code::kCheckFailed;
  };
  CHECK(code_of(captions) == Code::kUsage);
  results::Transaction adding(store.database());
  const auto begun =
      store.begin_run({.config = R"({"model": "half"})", .model = "half", .task = "generation"},
                      a.examples, 10, "{}");
  adding.commit();
  CHECK(code_of(begun) == Code::kIncomplete);
  const auto scored = test::add_run(store, "d", test::alcohols(0, 10, 3, 2));
  CHECK(code_of(scored) == Code::kIncomplete);
}

/// The first `rows` predictions of a published file.
results::Run add_published(results::StoreWriter& store, const std::string& size, std::size_t rows) {
  std::ifstream in(test::real_data("molt5/molt5-" + size + "-caption2smiles.txt"));
  std::string text;
  std::string line;
  for (std::size_t i = 0; i <= rows && std::getline(in, line); ++i) text += line + "\n";
  const auto file = results::parse_prediction_file(text, size, "generation");
  return import_predictions(store, file,
                            {.model = size + std::to_string(rows), .task = "generation"}, "{}")
      .run;
}

TEST_CASE_METHOD(Fixture,
                 "real data: MolT5-large against small as an independent computation has it") {
  const std::string name = "compare_golden.json";
  const auto golden = parse_json(read_file(test::data(name)), name);
  JsonObject root(golden, name);
  static_cast<void>(test::real_data("molt5"));
  chem::silence_rdkit();
  ComparisonOptions options{.confidence = root.member("confidence").real,
                            .seed = static_cast<std::uint64_t>(root.integer("seed"))};
  options.resamples = options.trials = static_cast<std::size_t>(root.integer("draws"));
  std::map<std::int64_t, RunComparison> by_rows;
  for (const JsonValue& value : root.member("cases").items) {
    JsonObject one(value, name);
    const std::int64_t rows = one.integer("rows");
    if (!by_rows.contains(rows)) {
      const auto count = static_cast<std::size_t>(rows);
      const auto small = add_published(store, "small", count);
      const auto large = add_published(store, "large", count);
      for (const char* protocol : {"cupel", "molt5"})
        test::score_runs(store, {small, large}, protocol);
      by_rows.emplace(rows, compare_runs(store, small, large, options));
    }
    const std::string& what = one.text("metric");
    const ComparedMetric found =
        metric(by_rows.at(rows), what == "morgan, invalid left out" ? "molt5" : "cupel",
               what.substr(0, what.find(',')));
    INFO(rows << " rows, " << what);
    REQUIRE(found.difference.has_value());
    const auto agrees = [&](const char* key, double number) {
      INFO(key);
      CHECK_THAT(number, WithinAbs(one.member(key).real, 1e-11));
    };
    agrees("baseline", *found.baseline);
    agrees("candidate", *found.candidate);
    agrees("difference", found.difference->value);
    agrees("low", found.difference->low);
    agrees("high", found.difference->high);
    agrees("p_bootstrap", found.difference->p_bootstrap);
    agrees("p_randomization", found.difference->p_randomization);
    agrees("better_share", found.difference->better_share);
  }
  // The interval is as wide as the paired standard error says, which the statistics alone give.
  const PairedDifference morgan = *metric(by_rows.at(3300), "cupel", "morgan").difference;
  const double error = root.member("morgan_paired_standard_error").real;
  CHECK_THAT(error, WithinAbs(0.0060, 0.00005));
  CHECK_THAT((morgan.high - morgan.low) / (2 * 1.959964), WithinAbs(error, 0.04 * error));
}

}  // namespace
