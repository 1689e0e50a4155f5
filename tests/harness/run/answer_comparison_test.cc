#include "harness/run/answer_comparison.h"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace {

using namespace cupel;

AuditedAnswers texts(std::vector<std::string> all, std::optional<double> margin = {}) {
  const std::size_t size = all.size();
  return {.texts = std::move(all),
          .log_probabilities = std::vector<std::optional<double>>(size, -3.0),
          .tokens = std::vector<std::optional<double>>(size, 1.0),
          .margins = std::vector<std::optional<double>>(size, margin),
          .scores = {}};
}

AuditedAnswers with_tokens(AuditedAnswers answers, double tokens) {
  for (auto& one : answers.tokens) one = tokens;
  return answers;
}

TEST_CASE("equal texts are compared by their log probabilities") {
  const AuditedAnswers first = texts({"CCO", "", "β-alanine"});
  AuditedAnswers other = first;
  CHECK(compare_answers(first, other).passed());
  CHECK(compare_answers(first, other).largest == 0.0);
  other.log_probabilities = {-3.0, {}, -3.000009};
  const AnswerDifference near = compare_answers(first, other);
  CHECK(near.passed());
  CHECK(*near.largest == Catch::Approx(9e-6).epsilon(1e-3));
  CHECK(near.largest_at == 2);
  other.log_probabilities[0] = -3.00002;
  CHECK_FALSE(compare_answers(first, other).passed());
  CHECK(compare_answers(with_tokens(first, 3.0), other).passed());
  other.log_probabilities = {{}, {}, {}};
  CHECK_FALSE(compare_answers(first, other).largest);
  CHECK(compare_answers(first, other).passed());
}

TEST_CASE("a flip is excused where both answers were near to another one") {
  struct Case {
    std::optional<double> first, other, told;
    bool passed;
  };
  for (const Case& one :
       {Case{1e-6, 2e-6, 2e-6, true}, Case{1e-6, 0.3, 0.3, false}, Case{2e-5, 1e-6, 2e-5, false},
        Case{1e-6, {}, {}, false}, Case{{}, {}, {}, false}}) {
    const AnswerDifference found = compare_answers(texts({"the same", "α acid"}, one.first),
                                                   texts({"the same", "α amine"}, one.other));
    REQUIRE(found.flips.size() == 1);
    CHECK(found.flips[0].example == 1);
    CHECK(found.flips[0].position == 4);  // characters, not bytes
    CHECK(found.flips[0].margin == one.told);
    CHECK(found.near_ties() == (one.passed ? 1 : 0));
    CHECK(found.passed() == one.passed);
  }
  const AnswerDifference longer = compare_answers(texts({"CC"}), texts({"CCO"}));
  CHECK(longer.flips.at(0).position == 3);
}

TEST_CASE("scores are held against each other, and the worst is named") {
  const AuditedAnswers first{.texts = {},
                             .log_probabilities = {},
                             .tokens = {},
                             .margins = {},
                             .scores = {1, 2, 3, 4, 5, 6},
                             .columns = 2};
  AuditedAnswers other = first;
  other.scores[3] += 5e-6F;
  const AnswerDifference near = compare_answers(first, other);
  CHECK(near.examples == 3);
  CHECK(near.passed());
  CHECK(near.largest_at == 1);
  other.scores[5] -= 0.25F;
  const AnswerDifference far = compare_answers(first, other);
  CHECK_FALSE(far.passed());
  CHECK(far.largest == 0.25);
  CHECK(far.largest_at == 2);
}

}  // namespace
