#include "metrics/text/porter.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

TEST_CASE("Porter stems as NLTK extends them") {
  CHECK(porter_stem("dying") == "die");
  CHECK(porter_stem("Skies") == "ski");  // the irregular words are looked up as written
  CHECK(porter_stem("flies") == "fli");
  CHECK(porter_stem("dies") == "die");
  CHECK(porter_stem("died") == "die");
  CHECK(porter_stem("enjoy") == "enjoy");
  CHECK(porter_stem("happy") == "happi");
  CHECK(porter_stem("is") == "is");
  CHECK(porter_stem("##ation") == "##ation");
  CHECK(porter_stem("") == "");
}

TEST_CASE("Porter stems equal NLTK's on the golden words") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  for (const JsonValue& item : golden.member("stems").items) {
    INFO(item.items[0].text);
    CHECK(porter_stem(item.items[0].text) == item.items[1].text);
  }
}

TEST_CASE("Porter stems of all word pieces of the published captions are the golden ones") {
  const auto lines = test::lines_of(test::real_data("golden/porter_stems.tsv"), true);
  CHECK(lines.size() == 7022);
  for (const std::string& line : lines) {
    const auto cells = test::split(line, '\t');
    INFO(line);
    CHECK(porter_stem(cells.at(0)) == cells.at(1));
  }
}

}  // namespace
}  // namespace cupel::metrics
