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
/// Every protocol holds the first two (parse_protocol), so that a valid string always has a
/// molecule to compare. What is beyond Cupel's own limits (kTooLarge) is always invalid.
class InvalidRule {
 public:
  explicit InvalidRule(const Choices& choices);

  [[nodiscard]] bool valid(const MoleculeFacts& facts) const;

 private:
  bool empty_;
  bool trailing_text_;
};

}  // namespace cupel::metrics
