/// The one place that decides whether a string counts as a molecule under a protocol.
#pragma once

#include "metrics/choices.h"
#include "metrics/molecule/molecule_cache.h"

namespace cupel::metrics {

/// The choice `invalid`: which of these make a string an invalid molecule.
///   syntax         RDKit's parser refuses it (chem::Defect::kSyntax)
///   chemistry      its sanitization refuses it (kChemistry)
///   empty          no atoms; RDKit accepts the empty string
///   trailing-text  RDKit reads only a part of it (chem::has_trailing_text)
/// What is beyond Cupel's own limits (kTooLarge) is always invalid.
class InvalidRule {
 public:
  explicit InvalidRule(const Choices& choices);

  [[nodiscard]] bool valid(const MoleculeFacts& facts) const;

  /// Valid, and there is a molecule to compare: a rule without "syntax" or "chemistry" may accept a
  /// string of which RDKit makes none.
  [[nodiscard]] bool comparable(const MoleculeFacts& facts) const {
    return valid(facts) && facts.parsed().has_value();
  }

 private:
  bool syntax_;
  bool chemistry_;
  bool empty_;
  bool trailing_text_;
};

}  // namespace cupel::metrics
