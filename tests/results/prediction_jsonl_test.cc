#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "results/prediction_file.h"

namespace {

using namespace cupel::results;
using Catch::Matchers::ContainsSubstring;

PredictionFile read(const std::string& bytes, const std::string& task = "generation",
                    const ColumnNames& columns = {}) {
  return parse_prediction_file(bytes, "f.jsonl", {.task = task, .format = {}, .columns = columns});
}

std::string complaint(const std::string& bytes, const std::string& task = "generation") {
  try {
    (void)read(bytes, task);
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    CHECK_FALSE(error.hint().empty());
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("JSON lines give rows, keys in any order, with others beside them") {
  const std::string bytes =
      "{\"id\":1,\"text\":\"an "
      "\\\"alkane\\\"\",\"ground_truth\":\"C/C=C\\\\C\",\"generated\":\"C\"}\r\n"
      "\n"
      "{\"hypothesis\":\"\",\"label\":\"CC\",\"scores\":[0.5,{\"x\":\"y\"}],\"prompt\":"
      "\"two\\ttabs\"}";
  const auto file = read(bytes);
  REQUIRE(file.rows.size() == 2);
  CHECK(file.format == "jsonl");
  CHECK(file.sha256 == cupel::sha256_hex(bytes));
  CHECK(file.rows[0].input == "an \"alkane\"");
  CHECK(file.rows[0].reference == "C/C=C\\C");
  CHECK(file.rows[0].prediction == "C");
  CHECK(file.rows[0].line == 1);
  CHECK(file.rows[1].input == "two\ttabs");
  CHECK(file.rows[1].reference == "CC");
  CHECK(file.rows[1].prediction.empty());
  CHECK(file.rows[1].line == 3);
  CHECK(file.section.last_line == 3);
}

TEST_CASE("the input key depends on the task, and keys can be chosen") {
  const std::string line = R"({"SMILES":"C","description":"methane","output":"x","reference":"r"})";
  CHECK(read(line, "captioning").rows[0].input == "C");
  CHECK(read(line, "generation").rows[0].input == "methane");
  CHECK(read(line, "captioning", {.reference = "description"}).rows[0].reference == "methane");
}

TEST_CASE("faulty JSON lines are refused with line and remedy") {
  const std::string good = "{\"input\":\"a\",\"reference\":\"b\",\"output\":\"c\"}\n";
  CHECK_THAT(complaint(good + "{\"input\":\"a\",\"output\":\"c\"}\n"),
             ContainsSubstring("f.jsonl:2: no key 'reference' or"));
  CHECK_THAT(
      complaint(good + R"({"input":"a","text":"d","reference":"b","output":"c"})"),
      ContainsSubstring("f.jsonl:2: ambiguous: keys 'input' and 'text' can all be the input"));
  CHECK_THAT(complaint(good + R"({"input":"a","reference":["b"],"output":"c"})"),
             ContainsSubstring("f.jsonl:2: 'reference' must be a string, not an array"));
  CHECK_THAT(complaint(good + R"({"input":"a","reference":"b","output":null})"),
             ContainsSubstring("not null") && ContainsSubstring("empty string"));
  CHECK_THAT(complaint(good + "{\"input\":\"a\","), ContainsSubstring("f.jsonl:2:14: incomplete"));
  CHECK_THAT(complaint("[\n{\"input\":1}]"), ContainsSubstring("f.jsonl:1:"));
  CHECK_THAT(complaint("{\"SMILES\":\"C\",\"reference\":\"b\",\"output\":\"c\"}"),
             ContainsSubstring("is it --task captioning?"));
  CHECK_THAT(complaint(" \n\n"), ContainsSubstring("no data rows"));
  CHECK_THAT(complaint(""), ContainsSubstring("the file is empty"));
}
