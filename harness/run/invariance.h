/// Do a model's answers depend on what they must not depend on: how inputs are grouped into calls
/// and batches, in which order they come, how far they are padded, how many threads there are? The
/// model's contract (models/model.h) says that they do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/answer_comparison.h"
#include "harness/run/cell_models.h"

namespace cupel {

/// How a model is asked.
struct AskingCondition {
  std::string name;           ///< "prediction-rows 3"
  models::Options own = {};   ///< options that have another value than the manifest says
  std::size_t call = 0;       ///< inputs of a call at most; 0: all
  std::uint64_t shuffle = 0;  ///< seed of another order of inputs and candidates; 0: the set's own
  unsigned jobs = 0;          ///< threads
};

/// The first one is what the others are held against: all inputs in one call, in their own order,
/// with the manifest's options, on `processors` threads. Others differ from it in one thing: calls
/// of 1, 7 and 64 inputs; two other orders; "prediction-rows" 1, 3, 16 and 64 and "extra-pads" 1
/// and 17, if the model has these options; 1 and 2 threads. What would repeat the first is left
/// out.
[[nodiscard]] std::vector<AskingCondition> asking_conditions(const ManifestModel& model,
                                                             std::size_t examples,
                                                             unsigned processors);

/// What a model that has learnt says to all examples, in their own order. Captioning, generation
/// and whatever else is answered by texts; scores against the gallery; numbers of labels. Throws
/// Error{kIncomplete} for answers that are none.
[[nodiscard]] AuditedAnswers answers_under(const AskingCondition& condition, models::Model& model,
                                           Capability capability, const CellExamples& examples);

struct ConditionResult {
  AskingCondition condition;
  AnswerDifference difference;  ///< from the first condition; of that, none
  double seconds = 0.0;
};

/// All conditions on the cell that `models` loaded last. `told` (may be empty) hears of each
/// result. A model is asked again under the next condition where only calls and order are others;
/// else a fresh one is made.
[[nodiscard]] std::vector<ConditionResult> audit_invariance(
    const PlanCell& cell, CellModels& models, StageTraining& stages, unsigned processors,
    const std::function<void(const ConditionResult&)>& told);

}  // namespace cupel
