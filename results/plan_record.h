/// What the store keeps of plans, of cells that failed, and of overlap with training data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/digest.h"

namespace cupel::results {

/// Hexadecimal digits of a digest that name a run or a plan to people.
inline constexpr std::size_t kRunId = 12;

/// What was to be done. `config` is JSON of everything that can change the result, and of nothing
/// else, with sorted keys; its SHA-256 is the cell's digest. The other members repeat parts of it.
struct Cell {
  std::string config;
  std::string model;
  std::string task;
  std::string dataset;
  std::string split;
  std::optional<std::int64_t> seed;

  [[nodiscard]] Digest digest() const;
};

struct PlannedCell {
  Cell cell;
  std::string reason;  ///< why it is not applicable; empty: it is to be run
  [[nodiscard]] bool applicable() const { return reason.empty(); }
};

/// The cells that a manifest stands for.
struct StoredPlan {
  std::int64_t key = 0;  ///< within this file only
  std::string name;
  std::string manifest;  ///< JSON, as the user wrote it when the plan was first stored
  std::vector<PlannedCell> cells;
  std::string made_at = {};  ///< UTC, ISO 8601

  /// Covers the cells in their order: digest, the names of model, task, data set and split, seed,
  /// and reason. Not the plan's own name, and not the manifest: one that was formatted otherwise
  /// and means the same cells is the same plan.
  [[nodiscard]] Digest digest() const;
  [[nodiscard]] std::string id() const { return to_hex(digest()).substr(0, kRunId); }
};

/// A cell was tried and failed.
struct StoredFailure {
  Digest cell{};
  std::string what;
  std::string environment;  ///< JSON: where and with what
  std::string failed_at;    ///< UTC, ISO 8601
  bool operator==(const StoredFailure&) const = default;
};

/// Which examples of a set occur in training data.
struct Overlap {
  Digest training{};       ///< of the training data
  Digest examples{};       ///< Merkle root of the examples, see Run::examples
  std::string kind;        ///< equal by "inchikey", "skeleton" (its first block) or "scaffold"
  std::vector<bool> seen;  ///< one an example, in their order
  bool operator==(const Overlap&) const = default;
};

}  // namespace cupel::results
