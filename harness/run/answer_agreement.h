/// Is what a model answers now what it answered before, but for rounding?
#pragma once

#include <string>

#include "harness/core/capability.h"

namespace cupel {

/// Two answers to one example as the store keeps them (harness/run/answers.h). Products of other
/// shapes, as other sizes of calls ask for, round otherwise, so:
///   texts    must be equal
///   logits   may be apart by kInvarianceTolerance, of numbers beyond 1 relatively
///   ranks    the same places among the same candidates, or places one apart where candidates
///            are near (ties count as all their places); the best rows' scores as logits, and a row
///            that is among the best of one answer only scores as the last of the other
/// What cannot be read agrees with nothing but itself.
[[nodiscard]] bool answers_agree(Capability capability, const std::string& before,
                                 const std::string& now);

}  // namespace cupel
