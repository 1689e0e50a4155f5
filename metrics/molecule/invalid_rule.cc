#include "metrics/molecule/invalid_rule.h"

namespace cupel::metrics {

InvalidRule::InvalidRule(const Choices& choices)
    : empty_(choices.contains("invalid", "empty")),
      trailing_text_(choices.contains("invalid", "trailing-text")) {}

bool InvalidRule::valid(const MoleculeFacts& facts) const {
  if (trailing_text_ && facts.trailing_text()) return false;
  const auto& parsed = facts.parsed();
  return parsed.has_value() && (!empty_ || parsed->atoms() > 0);
}

}  // namespace cupel::metrics
