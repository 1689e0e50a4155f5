/// What a probe of the audit must give. For harness/run/audit*.cc only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/audit.h"
#include "metrics/protocol.h"

namespace cupel {

struct Expected {
  enum class Kind : std::uint8_t { kExactly, kBelowGold, kAboveGold, kNothing };
  Kind kind = Kind::kExactly;
  double number = 0.0;

  static Expected exactly(double number) { return {.kind = Kind::kExactly, .number = number}; }
  /// At least 0 and less than `number`.
  static Expected below(double number) { return {.kind = Kind::kBelowGold, .number = number}; }
  static Expected above(double number) { return {.kind = Kind::kAboveGold, .number = number}; }
  static Expected nothing() { return {.kind = Kind::kNothing, .number = 0.0}; }
};

/// Numbers agree to 1e-12.
[[nodiscard]] AuditCheck audit_check(std::string task, std::string probe, std::string metric,
                                     const Expected& expected, std::optional<double> value);

void audit_retrieval(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks);
void audit_choice(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks);
void audit_property(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks);
void audit_alignment(const metrics::Protocol& protocol, std::vector<AuditCheck>& checks);

}  // namespace cupel
