/// Has something become worse? Yes, no, or "cannot tell".
///
/// In all of this file a change is in units in which more is better: candidate − baseline of an
/// accuracy, baseline − candidate of the logarithm of a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/significance/paired.h"

namespace cupel::metrics {

/// What is allowed, in the unit of the change.
struct Limits {
  double tolerance = 0.0;       ///< a larger drop is not wanted; greater than 0
  double minimum_effect = 0.0;  ///< a smaller one is no regression; at most the tolerance
  bool operator==(const Limits&) const = default;
};

/// What is known of one change.
struct Evidence {
  double change = 0.0;  ///< estimate
  double low = 0.0;     ///< bounds: each alone holds with confidence 1 − alpha
  double high = 0.0;
  double standard_error = 0.0;
  double p = 1.0;           ///< one-sided, of "it has not become worse"
  double smallest_p = 0.0;  ///< that the test can give with so many samples
};

enum class Decision : std::uint8_t { kPass, kRegression, kInconclusive };

/// Whether no p can be as small as `level`.
[[nodiscard]] bool too_few(const Evidence& evidence, double level);

/// - inconclusive when the samples are too few for any test at the level alpha;
/// - pass when the lower bound excludes a drop larger than the tolerance (a test of
///   non-inferiority: a true drop of the tolerance or more passes with a probability of at most
///   alpha). Not adjusted for several tests: a gate passes only where all of them do, so that it is
///   wrong no more often than one of them (Berger 1982);
/// - regression when the drop is clear, `adjusted` ≤ alpha, and the estimate is worse than the
///   minimum effect. `adjusted` is p adjusted over all tests of the gate, so that without any
///   change a gate finds a regression with a probability of at most alpha;
/// - inconclusive otherwise.
/// A drop that is clear and surely within the tolerance passes.
[[nodiscard]] Decision decide(const Evidence& evidence, const Limits& limits, double alpha,
                              double adjusted);

/// The smallest drop that decide() would have called a regression with probability `power`, by a
/// normal approximation; `level` is the alpha that p itself must reach (alpha over the number of
/// tests). Nothing when p cannot reach it.
[[nodiscard]] std::optional<double> smallest_detectable(const Evidence& evidence,
                                                        const Limits& limits, double level,
                                                        double power);

struct EvidenceOptions {
  double alpha = 0.05;          ///< of each bound
  std::size_t draws = 2000;     ///< of the bootstrap, for the standard error
  std::size_t trials = 10'000;  ///< of approximate randomization, for p
  std::size_t alike = 0;        ///< A/A pairs to make
  std::uint64_t seed = 1;
  unsigned jobs = 0;  ///< 0: all processors; the result does not depend on it
};

/// Evidence from rows of a baseline and a candidate.
struct PairedEvidence {
  Evidence evidence;
  /// What the same test finds in A/A pairs: two runs between which every row has changed sides with
  /// probability ½, so that there is no difference but chance; row by row as different as the real
  /// two. All metrics see the same swaps.
  std::vector<Evidence> alike;
};

struct OrientedRuns {
  PairedRuns runs;
  bool higher_is_better = true;
};

/// p is half of the two-sided p of approximate randomization where the candidate is worse (under
/// the null hypothesis a change is as likely as its negative), else one minus half. The bounds are
/// change ∓ t · standard error, t Student's with rows − 1 degrees of freedom, the standard error
/// that of the paired bootstrap times √(n/(n − 1)), because draws of n rows show a variance that is
/// too small. Of n rows no p is below 2⁻ⁿ. Instead of evidence, the reason why there is none.
/// Throws std::invalid_argument like paired_bootstrap().
[[nodiscard]] std::vector<std::expected<PairedEvidence, std::string>> paired_evidence(
    std::span<const OrientedRuns> runs, const EvidenceOptions& options);

/// Evidence from repeated measurements of a time (or another cost, greater than 0): the change is
/// minus the shift of the logarithms (rank_test.h). `smallest_p` is that of two samples as small as
/// the smaller one: two repetitions have no spread that could be judged, whatever stands on the
/// other side. When the samples are too few for bounds it is 1, and so nothing is decided.
[[nodiscard]] Evidence cost_evidence(std::span<const double> baseline,
                                     std::span<const double> candidate, double alpha);

}  // namespace cupel::metrics
