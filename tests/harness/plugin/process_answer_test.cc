#include "harness/plugin/process_answer.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using What = ExpectedAnswer::What;

const ExpectedAnswer kTwoByTwo = {.what = What::kScores, .rows = 2, .columns = 2};
const ExpectedAnswer kTwo = {.what = What::kOutputs, .rows = 2};

void check_wrong(const std::string& line, const ExpectedAnswer& expected, const char* says) {
  INFO(line);
  try {
    (void)parse_answer(line, expected);
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIncomplete);
    CHECK_FALSE(error.hint().empty());
    CHECK_THAT(error.what(), ContainsSubstring(says));
    return;
  }
  FAIL_CHECK("accepted");
}

}  // namespace

TEST_CASE("answers as they are expected") {
  CHECK(std::get<Handshake>(parse_answer(R"({"protocol": 1})", {.what = What::kHandshake}))
            .protocol == 1);
  CHECK(std::holds_alternative<Done>(parse_answer("{\"done\": true}\r", {})));
  CHECK(std::get<Outputs>(parse_answer(R"({"outputs": ["a\n", "\u03b2"]})", kTwo)) ==
        Outputs{"a\n", "β"});
  CHECK(std::get<Scores>(parse_answer(R"({"scores": [[1, -2.5], [1e-3, 0]]})", kTwoByTwo)) ==
        Scores{1.0F, -2.5F, 1e-3F, 0.0F});
  const Answer progress = parse_answer(R"({"loss": 2, "progress": 1, "rate": 1e3})", kTwo);
  CHECK(std::get<Progress>(progress).share == 1.0);
  CHECK(std::get<Progress>(progress).facts ==
        std::vector<std::pair<std::string, double>>{{"loss", 2.0}, {"rate", 1000.0}});
  CHECK_FALSE(std::get<Progress>(progress).step);
  const Answer stepped = parse_answer(R"({"step": 7, "loss": 2, "progress": 1})", kTwo);
  CHECK(std::get<Progress>(stepped).step == 7);
  CHECK(std::get<Progress>(stepped).facts.size() == 1);
  CHECK(std::get<Refusal>(parse_answer(R"({"error": "no"})", kTwo)).code == Code::kIncomplete);
  CHECK(std::get<Refusal>(parse_answer(R"({"error": "", "kind": "usage"})", kTwo)).code ==
        Code::kUsage);
}

TEST_CASE("answers that are none") {
  check_wrong("", {}, "answer:1:1: ");
  check_wrong("true", {}, "expected an object, found true or false");
  check_wrong(R"({"done": false})", {}, "'done' must be true");
  check_wrong(R"({"done": 1})", {}, "'done' must be true");
  check_wrong(R"({"done": true} {"done": true})", {}, "answer:1:16: ");
  check_wrong(R"({"outputs": "ab"})", kTwo, "expected an array of outputs");
  check_wrong(R"({"outputs": ["a", null]})", kTwo, "an output must be a string");
  check_wrong(R"({"outputs": ["a", "b", "c"]})", kTwo, "expected 2 outputs, found 3");
  check_wrong(R"({"scores": [[1, 2]]})", kTwoByTwo, "expected 2 rows of scores, found 1");
  check_wrong(R"({"scores": [[1, 2], [3]]})", kTwoByTwo, "expected 2 scores, found 1");
  check_wrong(R"({"scores": [[1, 2], 3]})", kTwoByTwo, "expected an array of scores");
  check_wrong(R"({"scores": [[1, 2], [3, "4"]]})", kTwoByTwo, "a score must be a number");
  check_wrong(R"({"scores": [[1, 2], [3, 1e39]]})", kTwoByTwo, "a score must be a number");
  check_wrong(R"({"scores": [[1, 2], [3, 1e999]]})", kTwoByTwo, "too large");
  check_wrong(R"({"scores": [[1, 2], [3, NaN]]})", kTwoByTwo, "answer:1:25: ");
  check_wrong(R"({"progress": -0.1})", kTwo, "'progress' must lie between 0 and 1");
  check_wrong(R"({"progress": 0.1, "loss": "low"})", kTwo, "must be numbers");
  check_wrong(R"({"progress": 0.1, "step": -1})", kTwo, "'step' must not be negative");
  check_wrong(R"({"progress": 0.1, "step": 1.5})", kTwo, "'step' must be an integer");
  check_wrong(R"({"error": "no", "kind": "bad"})", kTwo, "'kind' must be");
  check_wrong(R"({"error": 4})", kTwo, "'error' must be a string");
  check_wrong(std::string(1000, '['), kTwo, "[[[…'");
}
