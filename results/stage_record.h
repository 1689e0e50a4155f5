/// What the store keeps of models that are trained in stages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/digest.h"

namespace cupel::results {

/// A stage of a training ended with this artefact.
struct StageEnd {
  Digest artifact{};     ///< SHA-256 over the names and digests of its files
  double seconds = 0.0;  ///< since it was last begun or resumed
  std::string ended_at;  ///< UTC, ISO 8601
  bool operator==(const StageEnd&) const = default;
};

/// What was to be trained. `config` is JSON of everything that can change what it ends with, with
/// sorted keys; its SHA-256 is the stage's digest. The other members repeat parts of it.
struct StoredStage {
  std::int64_t key = 0;  ///< within this file only
  std::string config;
  std::string objective;
  std::string dataset;
  std::optional<std::int64_t> seed;
  std::optional<Digest> parent;  ///< the stage before; absent: there is none
  std::string environment;       ///< JSON: where and with what it was begun
  std::string made_at;           ///< UTC, ISO 8601
  std::vector<StageEnd> ends{};  ///< more than one when it was lost and trained again

  [[nodiscard]] Digest digest() const;
};

/// One number that a training told of itself.
struct CurvePoint {
  std::uint64_t step = 0;
  double value = 0.0;
  bool operator==(const CurvePoint&) const = default;
};

}  // namespace cupel::results
