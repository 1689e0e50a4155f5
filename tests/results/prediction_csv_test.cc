#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "results/prediction_file.h"

namespace {

using namespace cupel::results;
using Catch::Matchers::ContainsSubstring;

PredictionFile read(const std::string& bytes, const ColumnNames& columns = {}) {
  return parse_prediction_file(bytes, "f.csv",
                               {.task = "generation", .format = {}, .columns = columns});
}

std::string complaint(const std::string& bytes) {
  try {
    (void)read(bytes);
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    CHECK_FALSE(error.hint().empty());
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("CSV is read with quotes, line breaks in cells, CRLF and empty cells") {
  const std::string bytes =
      "id,description,target,output\r\n"
      "1,\"an \"\"alkane\"\", plain\",CC,\"C\nC\"\r\n"
      "\r\n"
      "2,\"\",\"\"\"\",\n"
      "3,x,y,\"a,\"";
  const auto file = read(bytes);
  REQUIRE(file.rows.size() == 3);
  CHECK(file.format == "csv");
  CHECK(file.sha256 == cupel::sha256_hex(bytes));
  CHECK(file.rows[0].input == "an \"alkane\", plain");
  CHECK(file.rows[0].reference == "CC");
  CHECK(file.rows[0].prediction == "C\nC");
  CHECK(file.rows[0].line == 2);
  CHECK(file.rows[1].line == 5);
  CHECK(file.rows[1].input.empty());
  CHECK(file.rows[1].reference == "\"");
  CHECK(file.rows[1].prediction.empty());
  CHECK(file.rows[2].prediction == "a,");
}

TEST_CASE("CSV columns can be chosen, and a last cell may be empty at the end of the file") {
  const auto file = read("a,b,c\n1,2,", {"a", "b", "c"});
  REQUIRE(file.rows.size() == 1);
  CHECK(file.rows[0].reference == "2");
  CHECK(file.rows[0].prediction.empty());
}

TEST_CASE("faulty CSV is refused with line and remedy") {
  const std::string head = "input,reference,output\n";
  CHECK_THAT(complaint(head + "a,b\n"), ContainsSubstring("f.csv:2: 2 cells; the header has 3"));
  CHECK_THAT(complaint(head + "a,b,c\n\"x\ny\",b,c,d\n"), ContainsSubstring("f.csv:3: 4 cells"));
  CHECK_THAT(complaint(head + "a,b \"q\",c\n"), ContainsSubstring("f.csv:2: a '\"' inside a cell"));
  CHECK_THAT(complaint(head + "a,b,c\na,\"b,c\nd,e,f\n"),
             ContainsSubstring("f.csv:3: a quote is opened and never closed"));
  CHECK_THAT(complaint(head + "a,\"b\nc\" d,e\n"),
             ContainsSubstring("f.csv:3: text after the quote") && ContainsSubstring("line 2"));
  CHECK_THAT(complaint(head + "a,b,c\n" + head),
             ContainsSubstring("f.csv:3: ") && ContainsSubstring("header in the middle"));
  CHECK_THAT(complaint(head), ContainsSubstring("no data rows"));
  CHECK_THAT(complaint("\n\r\n"), ContainsSubstring("no data rows"));
  CHECK_THAT(complaint("input,reference,output,output\na,b,c,d\n"),
             ContainsSubstring("2 columns are called 'output'"));
  CHECK_THAT(complaint("input,reference,output,prediction\na,b,c,d\n"),
             ContainsSubstring("ambiguous"));
  CHECK_THAT(complaint("input;reference;output\na;b;c\n"),
             ContainsSubstring("semicolon-separated"));
}
