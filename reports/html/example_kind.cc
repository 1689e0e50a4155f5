#include "reports/html/example_kind.h"

namespace cupel::reports {

ExampleKind example_kind(std::string_view task) {
  using enum ExampleKind::Answer;
  if (task == "captioning") return {.input_molecule = true};
  if (task == "generation") return {.reference_molecule = true, .prediction_molecule = true};
  if (task == "fragment-alignment") return {.answer = kAlignment, .input_molecule = true};
  if (task.starts_with("property-")) return {.answer = kLabels, .input_molecule = true};
  if (task.starts_with("text-to-molecule-")) return {.answer = kRanks, .reference_molecule = true};
  if (task.starts_with("molecule-to-text-")) return {.answer = kRanks, .input_molecule = true};
  return {};
}

std::string_view answer_name(ExampleKind::Answer answer) {
  switch (answer) {
    case ExampleKind::Answer::kText:
      return "text";
    case ExampleKind::Answer::kRanks:
      return "ranks";
    case ExampleKind::Answer::kLabels:
      return "labels";
    case ExampleKind::Answer::kAlignment:
      return "alignment";
  }
  return {};
}

std::string_view molecule_of(std::string_view input) { return input.substr(0, input.find('\t')); }

}  // namespace cupel::reports
