#include "metrics/text/lower_case.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

TEST_CASE("lower case follows Unicode, not a locale") {
  CHECK(lower_case("N-Acyl 1") == "n-acyl 1");
  CHECK(lower_case("\u0130I") == "i\u0307i");
  CHECK(lower_case("\u212A") == "k");
  CHECK(lower_case("\u039F\u03A3 \u03A3") == "\u03BF\u03C2 \u03C3");
  CHECK(lower_case("") == "");
}

TEST_CASE("what may change its case") {
  CHECK_FALSE(may_change_case("##acid 1(-"));
  CHECK(may_change_case("aB"));
  CHECK(may_change_case("\u00E9"));
}

TEST_CASE("lower case equals Python's on the golden sentences") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  for (const JsonValue& item : golden.member("lower-case").items)
    CHECK(lower_case(item.items[0].text) == item.items[1].text);
}

}  // namespace
}  // namespace cupel::metrics
