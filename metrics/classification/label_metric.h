/// Metrics of binary classifiers over several tasks with missing labels (MoleculeNet as MoleculeSTM
/// and FineMolTex score it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"

namespace cupel::metrics {

/// One task's part of the mean.
struct TaskScore {
  std::string task;
  Value value;  ///< or why the task is left out: "no positive", "no negative", "no label"
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
};

/// The numbers of so many label columns as the names of tasks, from "0"; "" for a single one.
[[nodiscard]] std::vector<std::string> label_names(std::size_t count);

/// The plain mean over the tasks that have both classes, of a score of each task's labelled
/// examples. Labels: 1 positive, −1 negative, 0 missing; logits are finite. A table that breaks
/// this has no score, and the reason names the row.
class LabelMetric : public Metric {
 public:
  /// One name a task; a single task may have the empty name.
  explicit LabelMetric(std::vector<std::string> tasks);

  /// {"label:<task>", "logit:<task>"} for each task; {"label", "logit"} for the empty name.
  [[nodiscard]] std::vector<std::string> statistics() const final;
  /// Writes one example; both spans have one number a task. A missing label makes the logit 0. The
  /// same for every metric of labels.
  static void measure(std::span<const double> labels, std::span<const double> logits,
                      std::span<double> out);

  [[nodiscard]] Value score(const StatisticTable& rows,
                            std::span<const std::uint32_t> times = {}) const final;
  /// Sorts each task once. A resample in which a task lost one of its classes is the mean over the
  /// other tasks, as it would be for a test set drawn so.
  [[nodiscard]] Resampled prepare(const StatisticTable& rows) const final;
  /// Examples with a label in at least one task.
  [[nodiscard]] std::size_t counted(const StatisticTable& rows) const final;

  /// Every task, kept or not, in order.
  [[nodiscard]] std::vector<TaskScore> score_tasks(const StatisticTable& rows,
                                                   std::span<const std::uint32_t> times = {}) const;

 protected:
  /// How many positives and negatives share one logit.
  struct Group {
    std::uint64_t positives = 0;
    std::uint64_t negatives = 0;
  };
  /// The score of a task with both classes. Groups come by falling logit; each has an example.
  [[nodiscard]] virtual double score_groups(std::span<const Group> groups, std::uint64_t positives,
                                            std::uint64_t negatives) const = 0;

 private:
  struct SortedTask;
  struct Sorted;
  [[nodiscard]] Sorted sort(const StatisticTable& rows) const;
  [[nodiscard]] TaskScore score_task(const SortedTask& task,
                                     std::span<const std::uint32_t> times) const;
  [[nodiscard]] Value mean(const Sorted& sorted, std::span<const std::uint32_t> times) const;

  std::vector<std::string> tasks_;
};

}  // namespace cupel::metrics
