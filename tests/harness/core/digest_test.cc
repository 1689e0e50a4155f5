#include "harness/core/digest.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

TEST_CASE("SHA-256 equals the examples of FIPS 180-4") {
  CHECK(cupel::sha256_hex("") ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(cupel::sha256_hex("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(cupel::sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the bytes are fed, and starts afresh") {
  cupel::Sha256 sha;
  sha.update("a");
  sha.update("bc");
  CHECK(sha.hex() == cupel::sha256_hex("abc"));
  CHECK(sha.hex() == cupel::sha256_hex(""));
}

TEST_CASE("The SHA-1 that git gives a file") {
  // git hash-object, git 2.39.5
  CHECK(cupel::git_blob_hex("") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(cupel::git_blob_hex("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a");
}

TEST_CASE("A digest is read back from its digits, and from nothing else") {
  cupel::Sha256 sha;
  sha.update("abc");
  const cupel::Digest digest = sha.digest();
  const std::string digits = cupel::to_hex(digest);
  CHECK(cupel::from_hex(digits) == digest);
  CHECK_FALSE(cupel::from_hex(""));
  CHECK_FALSE(cupel::from_hex(digits.substr(1)));
  CHECK_FALSE(cupel::from_hex(digits + "0"));
  for (const char bad : {'g', 'A', '/', ':', '`', ' '}) {
    CHECK_FALSE(cupel::from_hex(bad + digits.substr(1)));
    CHECK_FALSE(cupel::from_hex(digits.substr(0, 63) + bad));
  }
}
