#include "models/text/bert_normalizer.h"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel {
namespace {

TEST_CASE("text is cleaned, stripped of accents and lower-cased for BERT") {
  CHECK(normalize_for_bert("Na\u00EFve CAFE\u0301") == "naive cafe");
  CHECK(normalize_for_bert("a\u200Bb\u00ADc\uFEFF\uFFFD") == "abc");
  CHECK(normalize_for_bert("a\u3000b\u2028c\td") == "a b c d");
  CHECK(normalize_for_bert("\u6C34a") == " \u6C34 a");
  CHECK(normalize_for_bert("a\u3002(b)") == "a \u3002 (b)");
  CHECK(normalize_for_bert("\u0130\u03A3\u212A") == "i\u03C3k");
  CHECK(normalize_for_bert("") == "");
}

/// As tests/oracle/text_golden.py names it.
std::string kind_of(char32_t code_point) {
  std::string text = "a";
  append_utf8(text, code_point);
  std::string normal = normalize_for_bert(text + "b");
  // What the word cutter does with ASCII.
  std::string spaced;
  for (const char c : normal) {
    const bool alone = (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
                       (c >= '{' && c <= '~');
    spaced += alone ? std::string{' ', c, ' '} : std::string{c};
  }
  std::size_t words = 0;
  for (const std::string& word : test::split(spaced, ' ')) words += word.empty() ? 0U : 1U;
  return words == 3 ? "alone" : words == 2 ? "space" : normal == "ab" ? "drop" : "word";
}

TEST_CASE("every code point is treated as Hugging Face's tokenizers treat it") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  JsonObject wordpiece(golden.member("wordpiece"), path.string());
  JsonObject characters(wordpiece.member("characters"), path.string());
  char32_t code_point = 0;
  std::size_t differences = 0;
  for (const JsonValue& run : characters.member("runs").items) {
    for (; code_point <= static_cast<char32_t>(run.items[1].integer); ++code_point) {
      if (code_point == 0xD800) code_point = 0xE000;
      if (kind_of(code_point) != run.items[0].text && differences++ < 20)
        UNSCOPED_INFO("U+" << std::hex << static_cast<unsigned>(code_point) << " is "
                           << kind_of(code_point) << ", not " << run.items[0].text);
    }
  }
  CHECK(differences == 0);
  CHECK(code_point == 0x110000);
}

}  // namespace
}  // namespace cupel
