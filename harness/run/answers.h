/// From what a model answers to what the store keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/run/cell_examples.h"
#include "models/model.h"
#include "tasks/task.h"

namespace cupel {

/// The candidates of example `row` in T-choose-one beside its own: `count` other rows of `rows`,
/// distinct, the same on every machine, drawn from `row` and `rows` alone. The first T − 1 are the
/// choice among T. Throws Error{kUsage} when there are not so many rows.
[[nodiscard]] std::vector<std::uint32_t> other_candidates(std::size_t row, std::size_t rows,
                                                          std::size_t count);

/// Asks a model that has learnt what the task asks. Everything outlives this.
class Answers {
 public:
  /// Shows the model the gallery, if there is one.
  Answers(models::Model& model, const tasks::Task& task, const CellExamples& examples,
          const models::Work& work);

  /// How many examples to ask for at once: as many as scores against the gallery fit in 64 MiB.
  [[nodiscard]] std::size_t batch() const;

  /// Predictions of examples [first, first + count) as the store keeps them: texts, ranks or
  /// logits as JSON. Throws Error{kIncomplete} for answers that are none: too few or too many,
  /// numbers that are not finite, texts that are not UTF-8.
  [[nodiscard]] std::vector<std::string> predict(std::size_t first, std::size_t count);

 private:
  [[nodiscard]] std::vector<std::string> texts(std::size_t first, std::size_t count);
  [[nodiscard]] std::vector<std::string> ranks(std::size_t first, std::size_t count);
  [[nodiscard]] std::vector<std::string> logits(std::size_t first, std::size_t count);

  models::Model& model_;
  const tasks::Task& task_;
  const CellExamples& examples_;
  const models::Work& work_;
};

}  // namespace cupel
