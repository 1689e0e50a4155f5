#include "harness/core/csv.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"

namespace {

using namespace cupel;
using Cells = std::vector<std::string>;

std::string message(const std::string& bytes) {
  try {
    static_cast<void>(parse_csv(bytes, "t.csv"));
  } catch (const Error& error) {
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "accepted";
}

TEST_CASE("Quoted cells hold commas, line breaks and quotes; both line ends are read") {
  const auto rows = parse_csv("a,b\r\n\"x,\"\"y\"\"\n\",\n,\"\"\nlast,é", "t.csv");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].cells == Cells{"a", "b"});
  CHECK(rows[1].cells == Cells{"x,\"y\"\n", ""});
  CHECK(rows[1].line == 2);
  CHECK(rows[2].cells == Cells{"", ""});
  CHECK(rows[2].line == 4);
  CHECK(rows[3].cells == Cells{"last", "é"});
}

TEST_CASE("A table ends with or without a line break, and may be empty") {
  CHECK(parse_csv("", "t.csv").empty());
  CHECK(parse_csv("a\n", "t.csv").size() == 1);
  CHECK(parse_csv("a,", "t.csv").at(0).cells == Cells{"a", ""});
  CHECK(parse_csv("a\n\n\nb", "t.csv").at(1).cells == Cells{"b"});
  CHECK(parse_csv("a\n\n\nb", "t.csv").at(1).line == 4);
}

TEST_CASE("What RFC 4180 forbids is refused with its line") {
  CHECK(message("a\nb\"c\n") == "t.csv:2: a '\"' inside a cell that does not start with one");
  CHECK(message("a\n\"b\"c\n") == "t.csv:2: text after the quote that closes a cell");
  CHECK(message("a\n\n\"b\n") == "t.csv:3: a quote is opened and never closed");
  CHECK(message("a\n\xFF\n") == "t.csv:2: not UTF-8");
}

}  // namespace
