#include "harness/core/utf8.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using cupel::first_invalid_utf8;

TEST_CASE("The first and last character of every length is well-formed") {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "\x00"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xEC\xBF\xBF"sv,
        "\xED\x80\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv,
        "\xF0\x90\x80\x80"sv, "\xF3\xBF\xBF\xBF"sv, "\xF4\x80\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv})
    CHECK_FALSE(first_invalid_utf8(text).has_value());
}

TEST_CASE("A text is ASCII when no byte is above 0x7F") {
  CHECK(cupel::is_ascii(""));
  CHECK(cupel::is_ascii("a\x7F"));
  CHECK_FALSE(cupel::is_ascii("aaaaaaaaaaaaaaaaa\u00E9"));
  CHECK(cupel::ascii_lower('Z') == 'z');
  CHECK(cupel::ascii_lower('[') == '[');
}

TEST_CASE("Every kind of malformed sequence is found where it starts") {
  using namespace std::string_view_literals;
  for (const std::string_view bad : {"\x80"sv,
                                     "\xBF"sv,  // continuation without a lead
                                     "\xC0\x80"sv,
                                     "\xC1\xBF"sv,  // two bytes for ASCII
                                     "\xE0\x80\x80"sv,
                                     "\xE0\x9F\xBF"sv,  // three bytes for two
                                     "\xF0\x80\x80\x80"sv,
                                     "\xF0\x8F\xBF\xBF"sv,  // four bytes for three
                                     "\xED\xA0\x80"sv,
                                     "\xED\xBF\xBF"sv,  // surrogates
                                     "\xF4\x90\x80\x80"sv,
                                     "\xF5\x80\x80\x80"sv,  // above U+10FFFF
                                     "\xF8\x88\x80\x80\x80"sv,
                                     "\xFE"sv,
                                     "\xFF"sv,
                                     "\xC2"sv,
                                     "\xE2\x82"sv,
                                     "\xF0\x9F\x98"sv,  // cut off
                                     "\xC2 "sv,
                                     "\xE2\x82 "sv,
                                     "\xE2 \x82"sv,
                                     "\xF0\x9F\x98 "sv,
                                     "\xF0 \x9F\x98"sv}) {
    CAPTURE(std::string(bad));
    CHECK(first_invalid_utf8(bad) == 0);
    CHECK(first_invalid_utf8("\xC3\xA9" + std::string(bad) + "z") == 2);
  }
}

TEST_CASE("Every code point survives encoding and decoding, and no other value does") {
  std::string all;
  std::u32string points;
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    cupel::append_utf8(all, point);
    points.push_back(point);
  }
  CHECK(first_invalid_utf8(all) == std::nullopt);
  CHECK(cupel::decode_utf8(all) == points);
  CHECK(cupel::count_code_points(all) == points.size());
}

TEST_CASE("All two-byte strings are judged by the table of the Unicode standard") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const bool continues = second >= 0x80 && second <= 0xBF;
      std::optional<std::size_t> expected;
      if (first >= 0xC2 && first <= 0xDF && continues)
        expected = std::nullopt;
      else if (first >= 0x80)
        expected = 0;
      else if (second >= 0x80)
        expected = 1;
      if (first_invalid_utf8(text) != expected) {
        CAPTURE(first, second);
        CHECK(first_invalid_utf8(text) == expected);
      }
    }
  }
}

TEST_CASE("Printable text stays on one line and keeps its direction") {
  using cupel::printable;
  CHECK(printable("a\tb\r\n\x1b[2J") == "a\\tb\\u{d}\\n\\u{1b}[2J");
  CHECK(printable("\u202Eabc\u2066\u200B\uFEFF") == "\\u{202e}abc\\u{2066}\\u{200b}\\u{feff}");
  CHECK(printable("β-D-glucose, 25 ℃ 分子") == "β-D-glucose, 25 ℃ 分子");
}
