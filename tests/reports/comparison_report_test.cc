#include "reports/comparison_report.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"

namespace {

using namespace cupel;
using namespace cupel::reports;
using Catch::Matchers::ContainsSubstring;

ComparedMetric metric(const std::string& id, const PairedDifference& difference, Verdict verdict) {
  return {.protocol = "molt5",
          .metric = id,
          .higher_is_better = id != "levenshtein",
          .baseline = 0.5,
          .candidate = 0.5 + difference.value,
          .baseline_n = 12,
          .candidate_n = 11,
          .difference = difference,
          .verdict = verdict,
          .signature = id + "|p:molt5.1",
          .signature_long = "metric:" + id + "|protocol:molt5.1"};
}

const std::string kLong = std::string(58, 'x') + "é" + "yz";  // 61 characters

RunComparison example() {
  const PairedDifference difference{.value = 0.25,
                                    .low = 0.125,
                                    .high = 1.0 / 3,
                                    .p_bootstrap = 0.001,
                                    .p_randomization = 0.002,
                                    .p_bootstrap_holm = 0.003,
                                    .p_randomization_holm = 0.004,
                                    .better_share = 0.75};
  RunComparison comparison{
      .baseline = {.id = "aaaa", .model = "old", .size = 12},
      .candidate = {.id = "bbbb", .model = "new\n\u202Ename", .size = 12},
      .task = "generation",
      .options = {.resamples = 1000, .trials = 2000, .seed = 7},
      .examples = 12,
      .metrics = {metric("bleu", difference, Verdict::kBetter),
                  metric("levenshtein", difference, Verdict::kWorse),
                  metric("exact", difference, Verdict::kUnclear)},
      .not_comparable = {},
      .moved = {.protocol = "molt5", .metric = "bleu", .examples = {}, .unranked = 0},
      .settings = {{"config", "beams", "5", std::nullopt}, {"source", "sha256", kLong, "b"}}};
  comparison.moved.examples.push_back({.position = 3,
                                       .candidate_position = 4,
                                       .baseline = 1.0,
                                       .candidate = 0.25,
                                       .better = false,
                                       .input = kLong,
                                       .reference = std::string(60, 'r'),
                                       .baseline_prediction = "tab\there",
                                       .candidate_prediction = ""});
  return comparison;
}

std::string printed(const RunComparison& comparison, const std::string& format) {
  return print_tables(comparison_tables(comparison), format);
}

TEST_CASE("People read which run is which, the verdicts and what the columns mean") {
  const std::string text = printed(example(), "text");
  CHECK_THAT(text, ContainsSubstring(
                       "B = bbbb (new\\n\\u{202e}name) against A = aaaa (old): generation, 12 "
                       "examples\n"));
  CHECK_THAT(text,
             ContainsSubstring("  molt5     bleu         higher     0.5000  0.7500  0.2500  0.1250"
                               "  0.3333  0.0010  0.0030  0.0020  0.0040    0.7500      12      11"
                               "  better\n"));
  CHECK_THAT(text, ContainsSubstring("levenshtein  lower ") && ContainsSubstring("  worse\n") &&
                       ContainsSubstring("  no clear difference\n"));
  CHECK_THAT(text, ContainsSubstring("95 % percentile interval of B - A, paired bootstrap, 1000 "
                                     "draws, seed 7.") &&
                       ContainsSubstring("2000 trials") &&
                       ContainsSubstring("over the shown metrics of one protocol") &&
                       ContainsSubstring("at most 0.05"));
  CHECK_THAT(text, ContainsSubstring("\nexact|p:molt5.1\n"));
  CHECK_THAT(text, !ContainsSubstring("metric:exact"));
}

TEST_CASE("People read the first 59 characters of a long text, machines all of it") {
  const std::string text = printed(example(), "text");
  CHECK_THAT(text, ContainsSubstring("  " + std::string(58, 'x') + "é…  "));
  CHECK_THAT(text, ContainsSubstring("  " + std::string(60, 'r') + "  "));
  CHECK_THAT(text, !ContainsSubstring(kLong));
  CHECK_THAT(text, ContainsSubstring("tab\\there"));
  const std::string json = printed(example(), "json");
  const JsonValue root = parse_json(json, "json");
  JsonObject object(root, "json");
  JsonObject moved(object.member("examples").items.at(0), "json");
  CHECK(moved.text("input") == kLong);
  CHECK(moved.text("baseline_prediction") == "tab\there");
  CHECK_THAT(json, ContainsSubstring("\"baseline\": \"" + kLong) ||
                       ContainsSubstring("\"baseline\":\"" + kLong));
  CHECK_THAT(json, !ContainsSubstring("…"));
}

TEST_CASE("Machines read one document with numbers, runs, options and signatures") {
  const JsonValue root = parse_json(printed(example(), "json"), "json");
  JsonObject object(root, "json");
  REQUIRE(object.member("metrics").items.size() == 3);
  JsonObject row(object.member("metrics").items[0], "json");
  CHECK(row.text("baseline") == "aaaa");
  CHECK(row.text("candidate") == "bbbb");
  CHECK(row.text("better") == "higher");
  CHECK(row.member("high").real == 1.0 / 3);
  CHECK(row.member("p_randomization_holm").real == 0.004);
  CHECK(row.text("verdict") == "better");
  CHECK(row.member("reason").kind == JsonValue::Kind::kNull);
  CHECK(row.integer("resamples") == 1000);
  CHECK(row.integer("seed") == 7);
  CHECK(row.text("signature_long") == "metric:bleu|protocol:molt5.1");
  JsonObject moved(object.member("examples").items.at(0), "json");
  CHECK(moved.integer("position") == 3);
  CHECK(moved.integer("candidate_position") == 4);
  CHECK(moved.member("difference").real == -0.75);
  CHECK(moved.text("change") == "worse");
  JsonObject setting(object.member("settings").items.at(0), "json");
  CHECK(setting.text("key") == "beams");
  CHECK(setting.text("baseline") == "5");
  CHECK(setting.member("candidate").kind == JsonValue::Kind::kNull);
}

TEST_CASE("CSV has one row a metric") {
  const std::string csv = printed(example(), "csv");
  CHECK_THAT(csv, ContainsSubstring("baseline,candidate,task,examples,protocol,metric,better,"));
  CHECK_THAT(csv, ContainsSubstring("\naaaa,bbbb,generation,12,molt5,levenshtein,lower,0.5,0.75,"));
}

TEST_CASE("A missing difference is empty and its reason stands below") {
  RunComparison comparison = example();
  comparison.metrics[1].difference.reset();
  comparison.metrics[1].candidate.reset();
  comparison.metrics[1].reason = "candidate: no example counts";
  CHECK_THAT(printed(comparison, "text"),
             ContainsSubstring("\nlevenshtein under molt5: candidate: no example counts\n"));
  const JsonValue root = parse_json(printed(comparison, "json"), "json");
  JsonObject object(root, "json");
  JsonObject row(object.member("metrics").items[1], "json");
  for (const char* key : {"candidate_value", "difference", "low", "p_bootstrap", "verdict"})
    CHECK(row.member(key).kind == JsonValue::Kind::kNull);
  CHECK(row.text("reason") == "candidate: no example counts");
}

TEST_CASE("Notes say when examples differ, what is not comparable, and when draws are too few") {
  RunComparison comparison = example();
  CHECK_THAT(printed(comparison, "text"), !ContainsSubstring("cannot show") &&
                                              !ContainsSubstring("different examples") &&
                                              !ContainsSubstring("not ranked"));
  comparison.same_examples = false;
  comparison.examples = 9;
  comparison.baseline.size = 20;
  comparison.not_comparable = {"rdk under molt5 is not comparable: rdkit is 1 and 2"};
  comparison.options.trials = 50;  // 3 / 51 > 0.05
  comparison.moved.unranked = 2;
  const std::string text = printed(comparison, "text");
  CHECK_THAT(text, ContainsSubstring("over the 9 that both have: 9 of 20 of A, 9 of 12 of B"));
  CHECK_THAT(text, ContainsSubstring("\nrdk under molt5 is not comparable: rdkit is 1 and 2\n"));
  CHECK_THAT(text, ContainsSubstring("50 draws cannot show a clear difference of 3 metrics"));
  CHECK_THAT(text, ContainsSubstring("2 examples are not ranked"));
  comparison.options.trials = 59;  // 3 / 60 = 0.05 can be reached
  CHECK_THAT(printed(comparison, "text"), !ContainsSubstring("cannot show"));
}

}  // namespace
