/// A run and its replay, compared in the order in which they were made: the first difference is the
/// one that the others come from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/comparison.h"
#include "harness/core/digest.h"
#include "results/store.h"

namespace cupel {

/// How much was compared and is the same.
struct ReplayCounts {
  std::size_t stages = 0;
  std::size_t steps = 0;  ///< of all stages
  std::size_t facts = 0;  ///< numbers that were told of the steps
  std::size_t files = 0;  ///< of artefacts
  std::size_t predictions = 0;
  std::size_t statistics = 0;  ///< numbers, of each example and metric
  std::size_t scores = 0;
};

struct ReplayDifference {
  std::string what;  ///< where, what was recorded, and what it is now; printable
  /// What else differs between the two environments; part is "environment".
  std::vector<SettingDifference> environment;
};

/// A run of a store, or its replay in another one.
struct ReplaySide {
  results::Store& store;
  Digest cell{};
  std::filesystem::path artifacts;  ///< need not be there on the recorded side
};

/// Is this fact of a training about time, and so another one whenever it is told? By its name: it
/// ends with "per-second", "/s" or "seconds".
[[nodiscard]] bool tells_time(std::string_view fact);

/// Each part is compared once, when it is there on both sides, and nothing behind a difference is.
class ReplayCheck {
 public:
  /// Both stores outlive this. Reads the recorded artefacts that are there, and throws
  /// Error{kIntegrity} for one that was changed.
  ReplayCheck(ReplaySide recorded, ReplaySide replayed);

  /// The examples, then the stages that the replay has ended. `all`: also one that it broke off.
  /// Facts of one stage are compared step by step, those of one step in this order:
  /// "state-checksum", "loss", the others by name.
  void trainings(bool all);
  /// Predictions, if the replay has them all.
  void predictions();
  /// Statistics of every example and scores, of the recorded metrics.
  void scores();

  [[nodiscard]] const ReplayCounts& same() const { return same_; }
  [[nodiscard]] const std::optional<ReplayDifference>& difference() const { return difference_; }
  /// What could not be compared, one sentence each.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  void differ(std::string what, const std::string& recorded, const std::string& replayed);
  void examples();
  void stage(std::size_t place, const results::StoredStage& now);
  void trace(const results::StoredStage& then, const results::StoredStage& now);
  void files(std::size_t place, const results::StoredStage& now);
  void score(const results::Measurement& then, const results::Measurement& now,
             const std::string& what);

  ReplaySide recorded_;
  ReplaySide replayed_;
  results::Run then_;
  std::optional<results::Run> now_;
  std::vector<results::StoredStage> chain_;
  std::vector<std::optional<Digest>> kept_;  // what of it is there, by place
  bool examples_done_ = false;
  std::size_t stages_done_ = 0;
  ReplayCounts same_;
  std::optional<ReplayDifference> difference_;
  std::vector<std::string> left_out_;
};

}  // namespace cupel
