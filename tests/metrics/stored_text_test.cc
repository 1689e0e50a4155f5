#include "metrics/stored_text.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"

using cupel::metrics::append_real;
using cupel::metrics::StoredText;

namespace {

bool reads_real(const std::string& text) {
  StoredText stored(text);
  return stored.real().has_value() && stored.at_end();
}

bool reads_whole(const std::string& text) {
  StoredText stored(text);
  return stored.whole().has_value() && stored.at_end();
}

}  // namespace

TEST_CASE("every finite float is written as JSON and read back to the same bits") {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    std::string text;
    append_real(text, number);
    INFO(text);
    if (number - number != 0.0F) {
      CHECK(text == "null");
      continue;
    }
    StoredText stored(text);
    CHECK(std::bit_cast<std::uint32_t>(stored.real().value()) ==
          std::bit_cast<std::uint32_t>(number));
    CHECK(stored.at_end());
    if (i % 100 == 0) CHECK(static_cast<float>(cupel::parse_json(text, "a float").real) == number);
  }
  std::string text;
  append_real(text, 0.1F);
  append_real(text, -0.0F);
  append_real(text, -std::numeric_limits<float>::infinity());
  CHECK(text == "0.1-0null");
}

TEST_CASE("numbers are those of JSON and no others") {
  for (const char* good : {"0", "-0", "1", "10", "0.5", "-1.25", "1e5", "1E+05", "0.1e-7"})
    CHECK(reads_real(good));
  for (const char* bad : {"", "-", ".5", "1.", "01", "-01", "+1", "inf", "nan", "1e", "0x1", " 1",
                          "1 ", "1e99", "1.e5"}) {
    INFO(bad);
    CHECK_FALSE(reads_real(bad));
  }
  for (const char* good : {"0", "7", "4294967295"}) CHECK(reads_whole(good));
  for (const char* bad : {"", "-1", "00", "07", "1.0", "4294967296", "+1"}) {
    INFO(bad);
    CHECK_FALSE(reads_whole(bad));
  }
}
