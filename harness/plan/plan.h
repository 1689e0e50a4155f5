/// A manifest, expanded to cells: model × task × seed, each with the digest of everything that can
/// change its result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/manifest.h"
#include "harness/plan/stage.h"
#include "results/store.h"

namespace cupel {

struct PlanCell {
  const ManifestModel* model = nullptr;
  const ManifestTask* task = nullptr;
  std::optional<std::int64_t> seed;  ///< absent when the model uses none
  /// The stages that the model is trained in before it answers, the first one first. Empty: the
  /// model is not trained in stages.
  std::vector<PlannedStage> chain = {};
  results::Cell cell;
  std::string reason;  ///< why it is not applicable; empty: it is

  [[nodiscard]] bool applicable() const { return reason.empty(); }
};

/// Needs no data, no plug-in and no device: digests of data come from the descriptors.
class Plan {
 public:
  /// `limit`: only the first so many examples of each cell; 0: all of them. A limited cell is
  /// another cell, and its split says so.
  explicit Plan(Manifest manifest, std::size_t limit = 0);
  Plan(const Plan&) = delete;  // cells point into the manifest
  Plan& operator=(const Plan&) = delete;

  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  /// Task by task, model by model, seed by seed.
  [[nodiscard]] const std::vector<PlanCell>& cells() const { return cells_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// As the store keeps it.
  [[nodiscard]] results::StoredPlan stored() const;

 private:
  Manifest manifest_;
  std::size_t limit_;
  std::vector<PlanCell> cells_;
};

/// One of several parts of a plan: the i-th cell that is applicable belongs to part i mod `count`.
struct Shard {
  std::size_t index = 0;  ///< from 0
  std::size_t count = 1;

  /// "2/8", counting from 1. Throws Error{kUsage}.
  [[nodiscard]] static Shard parse(const std::string& text);
};

/// The stages that these cells (by their places) need, each once, in the order in which they are
/// trained.
[[nodiscard]] std::vector<const PlannedStage*> stages_of(const Plan& plan,
                                                         std::span<const std::size_t> cells);

/// The applicable cells of a part, by their places in Plan::cells(). A cell that another one
/// repeats (two variants that mean the same) is left out: it is computed once.
[[nodiscard]] std::vector<std::size_t> cells_to_run(const Plan& plan, const Shard& shard);

}  // namespace cupel
