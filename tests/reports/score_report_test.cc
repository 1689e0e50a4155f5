#include "reports/score_report.h"

#include <cmath>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using namespace cupel::reports;

ScoreReport example() {
  return {.task = "generation",
          .protocol = "molt5",
          .confidence = 0.95,
          .resamples = 1000,
          .files = {{.file = "a,\"b\".tsv",
                     .sha256 = "00",
                     .n = 3,
                     .scores = {{.metric = "bleu",
                                 .value = 1.0 / 3,
                                 .reason = {},
                                 .low = 0.25,
                                 .high = 0.5,
                                 .n = 3,
                                 .signature = "bleu|p:x",
                                 .signature_long = "metric:bleu|protocol:x"},
                                {.metric = "maccs",
                                 .value = {},
                                 .reason = "no example counts",
                                 .low = {},
                                 .high = {},
                                 .n = 0,
                                 .signature = "maccs|p:x",
                                 .signature_long = "metric:maccs|protocol:x"}}}}};
}

}  // namespace

TEST_CASE("JSON holds 17 significant digits and a reason in place of a missing value") {
  const JsonValue root = parse_json(score_json(example()), "report");
  JsonObject object(root, "report");
  CHECK(object.text("task") == "generation");
  CHECK(object.integer("n") == 3);
  const JsonValue& scores = object.member("scores");
  JsonObject bleu(scores.items[0], "report");
  CHECK(bleu.member("value").real == 1.0 / 3);
  CHECK(bleu.member("low").real == 0.25);
  CHECK(bleu.text("signature_long") == "metric:bleu|protocol:x");
  JsonObject maccs(scores.items[1], "report");
  CHECK(maccs.member("value").kind == JsonValue::Kind::kNull);
  CHECK(maccs.text("reason") == "no example counts");
}

TEST_CASE("several files make one JSON document") {
  ScoreReport report = example();
  report.files.push_back(report.files[0]);
  CHECK(parse_json(score_json(report), "report").items.size() == 2);
}

TEST_CASE("CSV quotes what needs quotes") {
  const std::string csv = score_csv(example());
  CHECK_THAT(
      csv,
      ContainsSubstring(
          "\"a,\"\"b\"\".tsv\",generation,bleu,0.33333333333333331,0.25,0.5,3,molt5,bleu|p:x\n"));
  CHECK_THAT(csv, ContainsSubstring("maccs,,,,0,molt5"));
}

TEST_CASE("the terminal and Markdown say why a value is missing") {
  CHECK_THAT(score_text(example()), ContainsSubstring("no example counts"));
  CHECK_THAT(score_text(example()), ContainsSubstring("[0.2500, 0.5000]"));
  CHECK_THAT(score_markdown(example()), ContainsSubstring("| maccs | no example counts |"));
  CHECK_THAT(score_markdown(example()), ContainsSubstring("bleu\\|p:x"));
}
