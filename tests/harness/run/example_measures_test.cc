#include "harness/run/example_measures.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/run/comparison.h"
#include "harness/run/store_check.h"
#include "harness/run/store_scoring.h"
#include "metrics/classification/label_text.h"
#include "metrics/classification/roc_auc.h"
#include "metrics/retrieval/choose_one.h"
#include "metrics/retrieval/rank_text.h"
#include "tests/harness/run/section_runs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using metrics::TieRank;

const ScoringOptions kQuick{.resamples = 40};

struct Fixture {
  test::TempDir dir;
  results::StoreWriter store{dir / "s.db", true, "{}"};

  results::Run add(const std::string& model, const std::string& task,
                   const std::vector<results::Row>& rows) {
    return test::add_texts(
        store, {.model = model, .task = task, .dataset = "made-up", .split = "test"}, rows);
  }
  std::vector<Score> score(const results::Run& run, const std::string& protocol,
                           const ScoringOptions& options = kQuick) {
    Scorer scorer(metrics::find_protocol(protocol), run.cell.task, {}, options);
    return score_run(store, run, scorer, options).scores;
  }
  std::map<std::string, double> values(const results::Run& run, const std::string& protocol) {
    std::map<std::string, double> all;
    for (const Score& one : score(run, protocol, {.resamples = 0}))
      all[one.metric] = one.value.value();
    return all;
  }
  std::string complaint(const results::Run& run, const std::string& protocol) {
    try {
      (void)score(run, protocol);
    } catch (const Error& error) {
      CHECK(error.code() == Code::kIntegrity);
      CHECK_FALSE(error.hint().empty());
      return error.what();
    }
    return "scored";
  }
};

std::vector<results::Row> rank_rows(const std::vector<std::vector<TieRank>>& ranks) {
  std::vector<results::Row> rows;
  for (std::size_t i = 0; i < ranks.size(); ++i)
    rows.push_back({.input = fmt::format("query {}", i),
                    .reference = fmt::format("target {}", i),
                    .prediction = metrics::write_ranks(ranks[i], {})});
  return rows;
}

/// One query a row, its target good with a chance of `skill` in 10.
std::vector<results::Row> some_queries(std::size_t n, unsigned skill, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<TieRank>> ranks;
  for (std::size_t i = 0; i < n; ++i) {
    const auto better = static_cast<std::uint32_t>(random() % 10 < skill ? 0 : random() % 80);
    ranks.push_back(
        {{.better = better, .equal = static_cast<std::uint32_t>(random() % 3), .candidates = 100}});
  }
  return rank_rows(ranks);
}

/// Two labels, one in six missing; a positive's answer is higher by `skill`.
std::vector<results::Row> some_labels(std::size_t n, double skill, unsigned seed) {
  std::mt19937 of_data(7);
  std::mt19937 of_model(seed);
  std::vector<results::Row> rows;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::int8_t> labels;
    std::vector<float> logits;
    for (int t = 0; t < 2; ++t) {
      const auto kind = of_data() % 6;
      labels.push_back(static_cast<std::int8_t>(kind == 0 ? 0 : kind < 3 ? 1 : -1));
      logits.push_back(static_cast<float>(static_cast<double>(of_model() % 100) / 100.0 +
                                          (labels.back() > 0 ? skill : 0.0)));
    }
    rows.push_back({.input = fmt::format("molecule {}", i),
                    .reference = metrics::write_labels(labels),
                    .prediction = metrics::write_logits(logits)});
  }
  return rows;
}

JsonValue golden(const std::string& name) {
  return parse_json(read_file(test::real_data("golden/" + name)), name);
}

std::vector<std::vector<float>> floats(const JsonValue& matrix) {
  std::vector<std::vector<float>> rows;
  for (const JsonValue& row : matrix.items) {
    rows.emplace_back();
    for (const JsonValue& x : row.items)
      rows.back().push_back(x.kind == JsonValue::Kind::kNull
                                ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(x.real));
  }
  return rows;
}

}  // namespace

TEST_CASE("tasks are scored under the sections of protocols") {
  CHECK(scoring_section("captioning") == "captioning");
  CHECK(scoring_section("generation") == "generation");
  CHECK(scoring_section("text-to-molecule-retrieval") == "retrieval");
  CHECK(scoring_section("molecule-to-text-choice") == "choice");
  CHECK(scoring_section("property-tox21") == "property");
  CHECK(scoring_section("property") == "property");
  CHECK_THROWS_AS(Scorer(metrics::find_protocol("molt5"), "property-bbbp", {}, {}), Error);
}

TEST_CASE_METHOD(Fixture, "retrieval in a store equals Atomas' metrics on the golden matrices") {
  const JsonValue root = golden("retrieval.json");
  std::size_t seen = 0;
  for (const JsonValue& item : root.members.at(1).value.items) {
    JsonObject one(item, "retrieval.json");
    const JsonValue* stored = one.find("matrix");
    if (stored == nullptr || stored->kind != JsonValue::Kind::kArray) continue;
    const auto matrix = floats(*stored);
    std::vector<std::vector<TieRank>> ranks;
    for (std::size_t i = 0; i < matrix.size(); ++i)
      ranks.push_back({metrics::rank_of(std::span<const float>(matrix[i]), i)});
    const auto run = add(one.text("name"), "text-to-molecule-retrieval", rank_rows(ranks));
    const auto scores = values(run, "atomas");
    JsonObject expected(one.member("text_to_smiles"), "retrieval.json");
    INFO(one.text("name"));
    for (const auto& [metric, key, scale] :
         {std::tuple{"recall@1", "R1", 100.0}, std::tuple{"recall@5", "R5", 100.0},
          std::tuple{"recall@10", "R10", 100.0}, std::tuple{"recall@50", "R50", 100.0},
          std::tuple{"median-rank", "MedianR", 1.0}, std::tuple{"mean-rank", "MeanR", 1.0}})
      CHECK_THAT(scale * scores.at(metric), WithinAbs(expected.member(key).real, 1e-12));
    ++seen;
  }
  CHECK(seen == 5);
  CHECK(check_store(store).problems.empty());
}

TEST_CASE_METHOD(Fixture, "T-choose-one in a store equals MoleculeSTM's batch means") {
  const JsonValue root = golden("t_choose_one.json");
  JsonObject object(root, "t_choose_one.json");
  std::vector<float> sides[2];
  for (const int side : {0, 1}) {
    for (const auto& row : floats(object.member(side == 0 ? "X" : "Y")))
      sides[side].insert(sides[side].end(), row.begin(), row.end());
    metrics::normalize_rows(sides[side], 8);
  }
  std::vector<std::uint32_t> negatives;
  for (const auto& row : object.member("negatives").items)
    for (const auto& index : row.items)
      negatives.push_back(static_cast<std::uint32_t>(index.integer));
  std::vector<std::vector<TieRank>> ranks(40);
  for (const std::size_t choices : {4, 10, 20}) {
    const auto found =
        metrics::choose_one_ranks({sides[0], 40, 8}, {sides[1], 40, 8}, negatives, 19, choices);
    for (std::size_t i = 0; i < 40; ++i) ranks[i].push_back(found[i]);
  }
  const auto scores = values(add("m", "text-to-molecule-choice", rank_rows(ranks)), "moleculestm");
  JsonObject accuracy(object.member("accuracy"), "t_choose_one.json");
  for (const auto& [choices, value] : accuracy.member("batch_size_32").members)
    CHECK_THAT(scores.at("accuracy@" + choices), WithinAbs(value.real, 1e-12));
  CHECK(scores.size() == 3);
}

TEST_CASE_METHOD(Fixture, "property scores in a store equal scikit-learn's on the golden labels") {
  const JsonValue root = golden("roc_auc.json");
  JsonObject object(root, "roc_auc.json");
  const auto logits = floats(object.member("scores"));
  std::vector<results::Row> rows;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    std::vector<std::int8_t> labels;
    for (const auto& label : object.member("labels").items.at(i).items)
      labels.push_back(static_cast<std::int8_t>(label.integer));
    rows.push_back({.input = fmt::format("{}", i),
                    .reference = metrics::write_labels(labels),
                    .prediction = metrics::write_logits(logits[i])});
  }
  const auto run = add("m", "property-tox21", rows);
  CHECK_THAT(values(run, "moleculestm").at("roc-auc"),
             WithinAbs(object.member("mean_auc").real, 1e-12));
  CHECK(store.measurements(run)[0].columns.size() == 10);
  CHECK(store.measurements(run)[0].columns[9] == "logit:4");
  CHECK(check_store(store).problems.empty());
}

TEST_CASE_METHOD(Fixture, "batches that cross blocks are weighed as if all were one table") {
  constexpr std::size_t kRows = 2 * results::kBlock + 77;
  std::mt19937 random(4);
  std::vector<TieRank> direct;
  std::vector<std::vector<TieRank>> ranks;
  for (std::size_t i = 0; i < kRows; ++i) {
    direct.push_back({.better = static_cast<std::uint32_t>(random() % 2), .candidates = 4});
    ranks.push_back({{.candidates = 20}, direct.back(), {.candidates = 10}});
  }
  // 31 divides no block, so that batches lie across them.
  std::string protocol = test::bytes_of(test::suite("../../metrics/protocols/moleculestm.json"));
  protocol.replace(protocol.find("32,"), 3, "31,");
  const auto run = add("m", "text-to-molecule-choice", rank_rows(ranks));
  const ScoringOptions options{.resamples = 0};
  Scorer scorer(metrics::parse_protocol(protocol, "p"), run.cell.task, {}, options);
  const auto scores = score_run(store, run, scorer, options).scores;
  const metrics::ChooseOne metric(metrics::TieRule::kOptimistic);
  StatisticTable table = metrics::measure_ranks(metric, direct);
  metrics::weigh_by_batch(table, 31, {.first = 0, .all = kRows});
  CHECK(scores.at(0).metric == "accuracy@4");
  CHECK(std::bit_cast<std::uint64_t>(*scores[0].value) ==
        std::bit_cast<std::uint64_t>(*metric.score(table)));
  CHECK(store.statistics(run, store.measurements(run)[0]) == table);
}

TEST_CASE_METHOD(Fixture, "every score of ranks and labels has its interval, n and signature") {
  const auto ranked = add("m", "molecule-to-text-retrieval", some_queries(300, 4, 1));
  const auto labelled = add("m", "property-clintox", some_labels(300, 0.3, 1));
  for (const auto& run : {ranked, labelled}) {
    const auto scores = score(run, "cupel");
    REQUIRE(scores.size() == (run.key == ranked.key ? 8 : 2));
    for (const Score& one : scores) {
      INFO(one.metric);
      CHECK(*one.low < *one.high);
      CHECK((*one.low <= *one.value && *one.value <= *one.high));
      CHECK(one.n > 200);
      CHECK(metrics::Signature::parse(one.signature) ==
            metrics::Signature::parse(one.signature_long));
    }
    Scorer scorer(metrics::find_protocol("cupel"), run.cell.task, {}, kQuick);
    CHECK(score_run(store, run, scorer, kQuick).added == 0);
  }
  CHECK(score(labelled, "cupel")[0].n < 300);  // rows without any label do not count
  CHECK(check_store(store).problems.empty());
}

TEST_CASE_METHOD(Fixture, "two runs of a ranking or a property task are compared in pairs") {
  const auto compare = [&](const results::Run& a, const results::Run& b) {
    for (const auto& run : {a, b}) (void)score(run, "cupel", {.resamples = 0});
    return compare_runs(store, a, b, {.resamples = 200, .trials = 200, .seed = 3});
  };
  const auto ranked = compare(add("weak", "text-to-molecule-retrieval", some_queries(200, 1, 1)),
                              add("strong", "text-to-molecule-retrieval", some_queries(200, 9, 2)));
  CHECK(ranked.metrics.size() == 8);
  const auto labelled = compare(add("weak", "property-clintox", some_labels(300, 0.05, 1)),
                                add("strong", "property-clintox", some_labels(300, 0.8, 2)));
  CHECK(labelled.metrics.size() == 2);
  for (const auto* comparison : {&ranked, &labelled}) {
    for (const ComparedMetric& one : comparison->metrics) {
      INFO(one.metric);
      REQUIRE(one.difference.has_value());
      CHECK(one.difference->value == *one.candidate - *one.baseline);
      CHECK((one.difference->low <= one.difference->value &&
             one.difference->value <= one.difference->high));
      CHECK(one.difference->p_bootstrap < 0.05);
      CHECK(one.difference->p_randomization < 0.05);
      CHECK(one.verdict == Verdict::kBetter);
    }
  }
  CHECK(labelled.moved.unranked == 300);  // one row alone has no area under a curve
  const auto same = compare(add("a", "property-sider", some_labels(100, 0.3, 5)),
                            add("b", "property-sider", some_labels(100, 0.3, 5)));
  for (const ComparedMetric& one : same.metrics) {
    CHECK(one.difference->value == 0.0);
    CHECK(one.difference->p_randomization == 1.0);
  }
}

TEST_CASE_METHOD(Fixture, "texts of another task and damaged ones are named with run and example") {
  auto rows = some_queries(40, 5, 1);
  const auto good = add("good", "text-to-molecule-retrieval", rows);
  CHECK(complaint(good, "cupel") == "scored");
  rows[17].prediction.erase(5, 1);
  CHECK_THAT(complaint(add("m", "text-to-molecule-retrieval", rows), "cupel"),
             ContainsSubstring("s.db: run ") &&
                 ContainsSubstring("(m), example 17: its prediction is no list of ranks: byte 1"));
  CHECK_THAT(complaint(add("m", "text-to-molecule-choice", some_queries(4, 5, 1)), "cupel"),
             ContainsSubstring("has no rank among 4 candidates"));
  rows = some_labels(40, 0.5, 1);
  rows[0].reference = "CCO";
  CHECK_THAT(complaint(add("m", "property-bbbp", rows), "cupel"),
             ContainsSubstring("example 0: its reference is no list of labels: byte 1"));
  rows = some_labels(40, 0.5, 1);
  rows[39].prediction = "[0.5]";
  CHECK_THAT(complaint(add("m", "property-bace", rows), "cupel"),
             ContainsSubstring("example 39: its prediction has 1 elements"));
}

TEST_CASE_METHOD(Fixture, "a model that diverged is stored, and its score says why there is none") {
  auto rows = some_labels(30, 0.5, 1);
  rows[4].reference = "[1,0]";
  rows[4].prediction = "[0.5,null]";
  const auto scores = score(add("m", "property-bbbp", rows), "cupel");
  for (const Score& one : scores) {
    CHECK_FALSE(one.value.has_value());
    CHECK(one.reason == "row 4: the logit is not finite");
  }
  CHECK(check_store(store).problems.empty());
}
