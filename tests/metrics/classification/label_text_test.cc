#include "metrics/classification/label_text.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"

using namespace cupel::metrics;

TEST_CASE("labels and answers are the documented lines") {
  CHECK(write_labels(std::vector<std::int8_t>{1, -1, 0}) == "[1,0,null]");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(write_logits(std::vector<float>{0.25F, -1.5F, 3.0F, nan}) == "[0.25,-1.5,3,null]");
  CHECK(std::isnan(read_logits("[null]").value().at(0)));
}

TEST_CASE("labels and answers are read back as they were written, and are JSON") {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::int8_t> labels(1 + random() % 617);
    std::vector<float> logits;
    for (std::int8_t& label : labels) {
      label = static_cast<std::int8_t>(static_cast<int>(random() % 3) - 1);
      logits.push_back(static_cast<float>(random()) / static_cast<float>(1 + random()) - 1.0F);
    }
    CHECK(read_labels(write_labels(labels)).value() == labels);
    CHECK(read_logits(write_logits(logits)).value() == logits);
    if (round % 30 == 0)
      CHECK(cupel::parse_json(write_labels(labels), "labels").items.size() == labels.size());
  }
}

TEST_CASE("damaged labels and answers are refused with the place") {
  CHECK(read_labels("").error() == "byte 1: [ is missing");
  CHECK(read_labels("[]").error() == "byte 2: 1, 0 or null is missing");
  CHECK(read_labels("[1,-1]").error() == "byte 4: 1, 0 or null is missing");
  CHECK(read_labels("[1,0").error() == "byte 5: , or ] is missing");
  CHECK(read_labels("[10]").error() == "byte 3: , or ] is missing");
  CHECK(read_labels("[1] ").error() == "byte 4: the end of the text is missing");
  CHECK(read_logits("[1, 2]").error() == "byte 4: a number or null is missing");
  CHECK(read_logits("[nan]").error() == "byte 2: a number or null is missing");
  CHECK(read_logits("[1e99]").error() == "byte 2: a number or null is missing");
}
