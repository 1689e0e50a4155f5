#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "results/prediction_file.h"

namespace {

using namespace cupel::results;
using Catch::Matchers::ContainsSubstring;

const std::string kHeader = "description\tground truth\toutput\n";
const std::string kTwoRuns = kHeader + "a\tb\tc\nd\te\tf\n" + kHeader + "a\tb\tx\n\nd\te\ty\n";

PredictionFile atomas(const std::string& bytes, std::size_t section = 0) {
  return parse_prediction_file(bytes, "f.txt",
                               {.task = "generation", .format = "atomas", .section = section});
}

std::string complaint(const std::string& bytes, std::size_t section = 0) {
  try {
    (void)atomas(bytes, section);
  } catch (const cupel::Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("of an Atomas file with two runs the last is kept, and said so") {
  const auto file = atomas(kTwoRuns);
  REQUIRE(file.rows.size() == 2);
  CHECK(file.rows[0].prediction == "x");
  CHECK(file.rows[1].line == 7);
  CHECK(file.section.count == 2);
  CHECK(file.section.number == 2);
  CHECK(file.section.first_line == 4);
  CHECK(file.section.last_line == 7);
  CHECK(file.format == "atomas");
}

TEST_CASE("an earlier run of an Atomas file can be chosen") {
  const auto file = atomas(kTwoRuns, 1);
  REQUIRE(file.rows.size() == 2);
  CHECK(file.rows[0].prediction == "c");
  CHECK(file.section.count == 2);
  CHECK(file.section.number == 1);
  CHECK(file.section.first_line == 1);
  CHECK(file.section.last_line == 3);
  CHECK_THAT(complaint(kTwoRuns, 3), ContainsSubstring("the file has 2"));
}

TEST_CASE("an Atomas file with one run is one section, and an empty last run is refused") {
  CHECK(atomas(kHeader + "a\tb\tc\n").section.count == 1);
  CHECK_THAT(complaint(kHeader + "a\tb\tc\n" + kHeader),
             ContainsSubstring("f.txt:3: no data rows"));
  CHECK_THAT(complaint(kHeader + "a\tb\n" + kHeader + "a\tb\tc\n"),
             ContainsSubstring("f.txt:2: 2 cells"));
}

TEST_CASE("format molt5 refuses a second header and names the way out") {
  try {
    (void)parse_prediction_file(kTwoRuns, "f", {.task = "generation", .format = "molt5"});
    FAIL("accepted");
  } catch (const cupel::Error& error) {
    CHECK_THAT(error.what(),
               ContainsSubstring("f:4: ") && ContainsSubstring("header in the middle"));
    CHECK_THAT(error.hint(), ContainsSubstring("--from atomas"));
  }
  CHECK_THROWS_AS(parse_prediction_file(kHeader + "a\tb\tc\n", "f",
                                        {.task = "generation", .format = "molt5", .section = 1}),
                  cupel::Error);
}
