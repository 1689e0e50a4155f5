/// What a number is: everything that can change it, beside it, in one line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/protocol.h"

namespace cupel::metrics {

/// Facts about this machine and build that change scores. Empty fields are left out of signatures
/// that do not need them.
struct SignatureFacts {
  std::string tokenizer_digest;  ///< SHA-256; its first 16 digits are printed
  std::string wordnet_digest;    ///< the same
  std::string rdkit;             ///< "2025.03.1"
  std::string inchi;             ///< "1.07.3"
  std::string cupel;             ///< "0.1.0"
};

/// Fields in a fixed order; both printed forms hold all of them, so that parse(print(s)) = s for
/// either.
class Signature {
 public:
  /// For one metric of one task. The choices that cannot change the metric are left out.
  [[nodiscard]] static Signature of(const std::string& metric, const Protocol& protocol,
                                    const TaskProtocol& task, const SignatureFacts& facts);
  /// Reads either form. Throws Error{kUsage}: unknown or repeated field, bad escape, nothing at
  /// all.
  [[nodiscard]] static Signature parse(std::string_view text);

  /// "maccs|p:molt5.1|c:as-named|…|rd:2025.03.1|den:valid|v:0.1.0"
  [[nodiscard]] std::string short_form() const;
  /// The same with long names: "metric:maccs|protocol:molt5.1|columns:as-named|…"
  [[nodiscard]] std::string long_form() const;

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }
  bool operator==(const Signature&) const = default;

 private:
  void add(std::string key, std::string value);
  std::vector<std::pair<std::string, std::string>> fields_;  // long key, value
};

}  // namespace cupel::metrics
