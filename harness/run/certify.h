/// Issues certificates of stored scores, and checks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/run/certificate.h"
#include "harness/run/certified_inputs.h"
#include "harness/run/examined_inputs.h"
#include "results/store.h"

namespace cupel {

/// The run's scores under the protocol of this name, those of it that were scored last. `metrics`:
/// only these; empty: all. Throws Error{kIncomplete} for a run without all its predictions,
/// Error{kUsage} when it is not scored so, and as certified_inputs() does.
[[nodiscard]] Certificate make_certificate(results::Store& store, const results::Run& run,
                                           const std::string& protocol,
                                           const std::vector<std::string>& metrics,
                                           const CertificateFiles& files);

enum class ScoreVerdict : std::uint8_t {
  kReproduced,      ///< bit for bit, with its interval
  kWithinRounding,  ///< equal in the digits that reports print, four behind the point (an interval
                    ///< that was drawn without the protocol's other metrics, or another processor)
  kUnchecked,
  kDiffers,
};

/// "reproduced", "within rounding", "cannot check", "differs".
[[nodiscard]] std::string_view verdict_name(ScoreVerdict verdict);

struct VerifiedScore {
  std::string metric;
  ScoreVerdict verdict = ScoreVerdict::kUnchecked;
  std::optional<double> value;  ///< of this time
  std::size_t digits = 0;       ///< significant ones that agree, if it is not reproduced
  std::string signature;        ///< the long form of this time, where it is another
  std::string what;             ///< why it cannot be checked, or differs
};

struct Verification {
  std::vector<InputState> inputs;
  std::vector<VerifiedScore> scores;
  ScoreVerdict verdict =
      ScoreVerdict::kUnchecked;  ///< the worst of the scores', or differs with an input

  /// Of the program: 5 when an input changed, else 6 when a score cannot be computed here, else 1
  /// when one differs, else 0.
  [[nodiscard]] int status() const;
};

/// Examines every input and measures the store's predictions again, as the certificate's own copy
/// of the protocol says. No model is asked. `progress` (may be empty) is told how many examples are
/// measured. Throws Error{kIntegrity} for a damaged store file, Error{kUsage} when the store has
/// not the certificate's run, Error{kStore} when it cannot be read.
[[nodiscard]] Verification verify_certificate(
    const Certificate& certificate, results::Store& store, const CertificateFiles& files,
    unsigned jobs, const std::function<void(std::size_t)>& progress = {});

}  // namespace cupel
