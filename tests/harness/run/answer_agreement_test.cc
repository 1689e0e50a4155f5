#include "harness/run/answer_agreement.h"

#include <array>
#include <string>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

namespace {

using namespace cupel;

bool ranks_agree(const std::string& before, const std::string& now) {
  const bool agree = answers_agree(Capability::kTextRetrieval, before, now);
  CHECK(answers_agree(Capability::kMoleculeRetrieval, now, before) == agree);
  return agree;
}

std::string ranks(int better, int equal, double third, int third_row = 7, int candidates = 600) {
  return fmt::format(
      R"({{"ranks":[{{"better":{},"candidates":{},"equal":{},"finite":true}}],"top":[{{"row":4,"score":0.9}},{{"row":2,"score":0.5}},{{"row":{},"score":{}}}]}})",
      better, candidates, equal, third_row, third);
}

}  // namespace

TEST_CASE("texts agree when they are equal, logits when they are near") {
  CHECK(answers_agree(Capability::kCaptioning, "a b", "a b"));
  CHECK_FALSE(answers_agree(Capability::kCaptioning, "[1]", "[1.0]"));
  const auto logits = [](const std::string& a, const std::string& b) {
    return answers_agree(Capability::kProperty, a, b);
  };
  CHECK(logits("[0.25,-30]", "[0.250009,-30.0002]"));
  CHECK_FALSE(logits("[0.25,-30]", "[0.25002,-30]"));
  CHECK_FALSE(logits("[0.25,-30]", "[0.25,-30.001]"));
  CHECK_FALSE(logits("[0.25]", "[0.25,0.25]"));
  CHECK_FALSE(logits("[0.25]", "[null]"));
  CHECK_FALSE(logits("[0.25]", "nonsense"));
}

TEST_CASE("ranks agree when places and the best scores are near") {
  const std::string one = ranks(10, 0, 0.4);
  CHECK(ranks_agree(one, ranks(10, 0, 0.400001)));
  CHECK_FALSE(ranks_agree(one, ranks(10, 0, 0.4001)));
  CHECK(ranks_agree(one, ranks(11, 0, 0.4)));
  CHECK_FALSE(ranks_agree(one, ranks(12, 0, 0.4)));
  // Six that were equal fall apart.
  CHECK(ranks_agree(ranks(10, 6, 0.4), ranks(16, 0, 0.4)));
  CHECK_FALSE(ranks_agree(ranks(10, 6, 0.4), ranks(18, 0, 0.4)));
  // Another row in the last place of the best, with the same score or not.
  CHECK(ranks_agree(one, ranks(10, 0, 0.400001, 8)));
  CHECK_FALSE(ranks_agree(one, ranks(10, 0, 0.41, 8)));
  CHECK_FALSE(ranks_agree(one, ranks(10, 0, 0.4, 7, 599)));
  CHECK_FALSE(ranks_agree(one, "nonsense"));
  CHECK_FALSE(ranks_agree(one, one.substr(0, one.find(",\"top\"")) + "}"));
}
