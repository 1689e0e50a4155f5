#include "harness/core/quote.h"

#include <catch2/catch_test_macros.hpp>

using cupel::quote;

TEST_CASE("what a process printed is quoted without harm") {
  CHECK(quote("plain β") == "plain β");
  CHECK(quote("a\x1b[2J\nb") == "a\\u{1b}[2J\\nb");
  CHECK(quote("\xff\xfe and \xce\xb2") == "\\xff\\xfe and \\xce\\xb2");
  CHECK(quote("abcdef", 3) == "abc…");
  CHECK(quote("ab\xce\xb2", 3) == "ab…");  // a character that was cut goes
  CHECK(quote("") == "");
}
