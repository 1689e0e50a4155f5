/// What somebody said beforehand: this result is meant to be different.
#pragma once

#include <string>

#include "harness/core/digest.h"

namespace cupel::results {

/// An expected change of one metric of one run. It speaks of these predictions of this cell and of
/// nothing that comes later.
struct Annotation {
  Digest cell{};         ///< of the run that has changed
  Digest predictions{};  ///< Merkle root, see Run::predictions
  std::string metric;
  std::string reason;
  std::string reviewer;     ///< who agreed; may be empty
  std::string environment;  ///< JSON: where it was written
  std::string made_at;      ///< UTC, ISO 8601
  bool operator==(const Annotation&) const = default;
};

}  // namespace cupel::results
