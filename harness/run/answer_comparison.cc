#include "harness/run/answer_comparison.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "harness/core/utf8.h"

namespace cupel {
namespace {

/// Of two well-formed texts, from 1: the first character that is not the same in both.
std::size_t first_difference(std::string_view a, std::string_view b) {
  const std::u32string left = decode_utf8(a);
  const std::u32string right = decode_utf8(b);
  return static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin()) + 1;
}

void note(AnswerDifference& found, std::size_t example, double distance) {
  if (found.largest && distance <= *found.largest) return;
  found.largest = distance;
  found.largest_at = example;
}

void compare_texts(const AuditedAnswers& first, const AuditedAnswers& other,
                   AnswerDifference& found) {
  for (std::size_t i = 0; i < first.texts.size(); ++i) {
    if (first.texts[i] == other.texts[i]) {
      const auto& a = first.log_probabilities[i];
      const auto& b = other.log_probabilities[i];
      if (a && b) note(found, i, std::abs(*a - *b) / std::max(1.0, first.tokens[i].value_or(1.0)));
      continue;
    }
    Flip flip{.example = i,
              .position = first_difference(first.texts[i], other.texts[i]),
              .first = first.texts[i],
              .other = other.texts[i],
              .margin = {}};
    if (first.margins[i] && other.margins[i])
      flip.margin = std::max(*first.margins[i], *other.margins[i]);
    found.flips.push_back(std::move(flip));
  }
}

}  // namespace

std::size_t AnswerDifference::near_ties() const {
  return static_cast<std::size_t>(std::ranges::count_if(flips, &Flip::near_tie));
}

bool AnswerDifference::passed() const {
  return near_ties() == flips.size() && largest.value_or(0.0) <= kInvarianceTolerance;
}

AnswerDifference compare_answers(const AuditedAnswers& first, const AuditedAnswers& other) {
  AnswerDifference found{
      .examples = first.texts.size(), .texts = first.columns == 0, .flips = {}, .largest = {}};
  compare_texts(first, other, found);
  if (found.texts) return found;
  found.examples = first.scores.size() / first.columns;
  for (std::size_t i = 0; i < first.scores.size(); ++i) {
    const double distance =
        std::abs(static_cast<double>(first.scores[i]) - static_cast<double>(other.scores[i]));
    note(found, i / first.columns, distance);
  }
  return found;
}

}  // namespace cupel
