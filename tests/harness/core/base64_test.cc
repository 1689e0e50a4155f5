#include "harness/core/base64.h"

#include <catch2/catch_test_macros.hpp>

TEST_CASE("Base64 of the examples of RFC 4648, section 10") {
  CHECK(cupel::to_base64("") == "");
  CHECK(cupel::to_base64("f") == "Zg==");
  CHECK(cupel::to_base64("fo") == "Zm8=");
  CHECK(cupel::to_base64("foo") == "Zm9v");
  CHECK(cupel::to_base64("foob") == "Zm9vYg==");
  CHECK(cupel::to_base64("fooba") == "Zm9vYmE=");
  CHECK(cupel::to_base64("foobar") == "Zm9vYmFy");
  CHECK(cupel::to_base64({"\xff\xfe\x00\x80", 4}) == "//4AgA==");
}
