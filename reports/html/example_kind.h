/// What the texts of an example are.
#pragma once

#include <cstdint>
#include <string_view>

namespace cupel::reports {

struct ExampleKind {
  enum class Answer : std::uint8_t {
    kText,      ///< or a molecule
    kRanks,     ///< metrics/retrieval/rank_text.h
    kLabels,    ///< metrics/classification/label_text.h
    kAlignment  ///< metrics/alignment/found_sets.h
  };
  Answer answer = Answer::kText;
  bool input_molecule = false;  ///< of alignment: what stands before the tab
  bool reference_molecule = false;
  bool prediction_molecule = false;
};

/// By the id of the task; for one that is not known all are texts.
[[nodiscard]] ExampleKind example_kind(std::string_view task);

/// "text", "ranks", "labels", "alignment".
[[nodiscard]] std::string_view answer_name(ExampleKind::Answer answer);

/// The SMILES of an input that is, or begins with, a molecule.
[[nodiscard]] std::string_view molecule_of(std::string_view input);

}  // namespace cupel::reports
