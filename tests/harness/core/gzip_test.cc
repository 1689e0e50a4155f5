#include "harness/core/gzip.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

/// Python 3.11: gzip.compress(b"cupel cupel cupel\n", 9, mtime=0)
const std::string kPacked(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x2e\x2d\x48\xcd\x51\x48\x46\x90\x5c\x00\xfb\x1e"
    "\xd4\x8a\x12\x00\x00\x00",
    29);
const std::string kPlain = "cupel cupel cupel\n";

std::string message(const std::string& bytes, std::size_t limit = 1000) {
  try {
    return "accepted: " + gunzip(bytes, "t.gz", limit);
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
}

}  // namespace

TEST_CASE("A gzip stream is undone, and members in a row are joined") {
  CHECK(gunzip(kPacked, "t.gz") == kPlain);
  CHECK(gunzip(kPacked + kPacked, "t.gz") == kPlain + kPlain);
}

TEST_CASE("A gzip stream that is cut off anywhere is said to be truncated") {
  for (std::size_t size = 0; size < kPacked.size(); ++size) {
    CHECK(message(kPacked.substr(0, size)) ==
          "t.gz: the gzip stream ends early: the file is truncated");
    if (size > 0)
      CHECK_THAT(message(kPacked + kPacked.substr(0, size)), ContainsSubstring("trunc"));
  }
}

TEST_CASE("Damaged, foreign and endless streams are refused") {
  for (std::size_t at = 21; at < kPacked.size(); ++at) {
    std::string damaged = kPacked;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);  // checksum or length
    CHECK_THAT(message(damaged), ContainsSubstring("damaged"));
  }
  CHECK_THAT(message("CID\tSMILES\n"), ContainsSubstring("t.gz: the gzip stream is damaged"));
  CHECK_THAT(message(kPacked + "more"), ContainsSubstring("damaged"));
  CHECK(message(kPacked, kPlain.size() - 1) == "t.gz: unpacks to more than 17 bytes");
  CHECK(message(kPacked, kPlain.size()) == "accepted: " + kPlain);
  CHECK(message(kPacked + kPacked, kPlain.size()) == "t.gz: unpacks to more than 18 bytes");
}

TEST_CASE("What is compressed comes back, whatever it is, and needs no more than it must") {
  std::string noise;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < 3'000'000; ++i) {  // several pieces of output
    state = state * 1664525U + 1013904223U;
    noise += static_cast<char>(state >> 24U);
  }
  for (const std::string& text :
       {std::string(), std::string("a"), kPlain, noise, std::string(5'000'000, 'x')}) {
    const std::string packed = gzip(text);
    CHECK(gunzip(packed, "t.gz") == text);
    CHECK(packed == gzip(text));
    CHECK(packed.size() < text.size() + text.size() / 1000 + 64);
  }
  CHECK(gzip(std::string(5'000'000, 'x')).size() < 10'000);
}
