/// Two answers of one model to the same examples, given under different conditions: are they the
/// same?
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cupel {

/// What a model answered, example by example: texts or scores.
struct AuditedAnswers {
  std::vector<std::string> texts;
  // What the model told of each text; absent: nothing.
  std::vector<std::optional<double>> log_probabilities;
  std::vector<std::optional<double>> tokens;
  std::vector<std::optional<double>> margins;

  std::vector<float> scores;  ///< examples × columns, row-major
  std::size_t columns = 0;
};

/// How far numbers may be apart, and how small a margin must be to excuse another text.
inline constexpr double kInvarianceTolerance = 1e-5;

/// An example with another text.
struct Flip {
  std::size_t example = 0;
  std::size_t position = 0;  ///< the first character that differs, from 1
  std::string first;
  std::string other;
  /// The larger of the two margins that the model told: both answers must have been near to another
  /// one. Absent: it told none.
  std::optional<double> margin;

  [[nodiscard]] bool near_tie() const { return margin && *margin <= kInvarianceTolerance; }
};

struct AnswerDifference {
  std::size_t examples = 0;
  bool texts = false;  ///< else scores
  std::vector<Flip> flips;
  /// The largest distance of two scores, or of the log probabilities of two equal texts, by their
  /// tokens (one logit's part in the sum of them), and the example; absent: there are no such
  /// numbers.
  std::optional<double> largest;
  std::size_t largest_at = 0;

  [[nodiscard]] std::size_t near_ties() const;
  /// Each flip is a near-tie, and no number is further away than the tolerance.
  [[nodiscard]] bool passed() const;
};

/// Both have the same examples and columns, and the same kind of answer.
[[nodiscard]] AnswerDifference compare_answers(const AuditedAnswers& first,
                                               const AuditedAnswers& other);

}  // namespace cupel
