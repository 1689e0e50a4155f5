#include "reports/html/block.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/gzip.h"
#include "harness/core/json.h"

namespace cupel::reports {
namespace {

const std::string kHostile =
    "</script><!--<script> & \" ' \\ \u2028\u2029 \u202e\u2066 \x01\x7f \u0085 ]]> {{data}}";

std::string as_json(const std::string& text) {
  return JsonWriter(JsonLayout::kCompact).begin_array().value(text).end_array().str();
}

std::string inside(const std::string& element) {
  const std::size_t begin = element.find('>') + 1;
  return element.substr(begin, element.rfind("</script>") - begin);
}

/// What RFC 4648 says, undone.
std::string from_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6U) | static_cast<unsigned>(digits.find(c));
    have += 6;
    if (have < 8) continue;
    have -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xFFU);
  }
  return bytes;
}

}  // namespace

TEST_CASE("No text in a plain block ends it, and every text comes back") {
  const std::string block = plain_block("x", as_json(kHostile));
  CHECK(block.starts_with("<script type=\"application/json\" id=\"x\">"));
  CHECK(inside(block).find('<') == std::string::npos);
  CHECK(inside(block).find("\u2028") == std::string::npos);
  CHECK(parse_json(inside(block), "block").items.at(0).text == kHostile);
}

TEST_CASE("A packed block has Base64 alone, and comes back") {
  const std::string json = as_json(kHostile + std::string(100'000, 'x'));
  const std::string block = packed_block("y", json);
  CHECK(block.size() < 2000);
  CHECK(inside(block).find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
        std::string::npos);
  CHECK(gunzip(from_base64(inside(block)), "block") == json);
}

}  // namespace cupel::reports
