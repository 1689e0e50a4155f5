#include "metrics/molecule/invalid_rule.h"

namespace cupel::metrics {

InvalidRule::InvalidRule(const Choices& choices)
    : syntax_(choices.contains("invalid", "syntax")),
      chemistry_(choices.contains("invalid", "chemistry")),
      empty_(choices.contains("invalid", "empty")),
      trailing_text_(choices.contains("invalid", "trailing-text")) {}

bool InvalidRule::valid(const MoleculeFacts& facts) const {
  if (trailing_text_ && facts.trailing_text()) return false;
  const auto& parsed = facts.parsed();
  if (parsed.has_value()) return !empty_ || parsed->atoms() > 0;
  switch (parsed.error().kind) {
    case chem::Defect::kSyntax:
      return !syntax_;
    case chem::Defect::kChemistry:
      return !chemistry_;
    case chem::Defect::kTooLarge:
      return false;
  }
  return false;
}

}  // namespace cupel::metrics
