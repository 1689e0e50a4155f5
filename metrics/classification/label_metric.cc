#include "metrics/classification/label_metric.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace cupel::metrics {

/// The labelled rows of one task by falling logit.
struct LabelMetric::SortedTask {
  struct Entry {
    std::uint32_t row;
    bool positive;
    bool opens_group;  // its logit differs from the one before
  };
  const std::string* name = nullptr;
  std::vector<Entry> entries;
};

struct LabelMetric::Sorted {
  std::vector<SortedTask> tasks;
  std::optional<std::string> defect;
};

std::vector<std::string> label_names(std::size_t count) {
  if (count == 1) return {""};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("{}", i));
  return names;
}

LabelMetric::LabelMetric(std::vector<std::string> tasks) : tasks_(std::move(tasks)) {
  if (tasks_.empty()) throw std::invalid_argument("a classification metric needs a task");
}

std::vector<std::string> LabelMetric::statistics() const {
  std::vector<std::string> names;
  for (const std::string& task : tasks_) {
    const std::string suffix = task.empty() ? "" : ":" + task;
    names.push_back("label" + suffix);
    names.push_back("logit" + suffix);
  }
  return names;
}

void LabelMetric::measure(std::span<const double> labels, std::span<const double> logits,
                          std::span<double> out) {
  for (std::size_t t = 0; t < labels.size(); ++t) {
    out[2 * t] = labels[t];
    out[2 * t + 1] = labels[t] == 0.0 ? 0.0 : logits[t];
  }
}

LabelMetric::Sorted LabelMetric::sort(const StatisticTable& rows) const {
  Sorted sorted;
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    SortedTask& task = sorted.tasks.emplace_back();
    task.name = &tasks_[t];
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const double label = rows.row(i)[2 * t];
      if (label == 0.0) continue;
      const double logit = rows.row(i)[2 * t + 1];
      if (label != 1.0 && label != -1.0)
        sorted.defect = fmt::format("row {}: label {} is none of 1, -1, 0", i, label);
      else if (!std::isfinite(logit))
        sorted.defect = fmt::format("row {}: the logit is not finite", i);
      if (sorted.defect) return sorted;
      task.entries.push_back({static_cast<std::uint32_t>(i), label == 1.0, false});
    }
    const auto logit = [&](const SortedTask::Entry& entry) {
      return rows.row(entry.row)[2 * t + 1];
    };
    std::ranges::sort(task.entries, std::ranges::greater{}, logit);
    for (std::size_t e = 0; e < task.entries.size(); ++e)
      task.entries[e].opens_group = e == 0 || logit(task.entries[e]) != logit(task.entries[e - 1]);
  }
  return sorted;
}

TaskScore LabelMetric::score_task(const SortedTask& task,
                                  std::span<const std::uint32_t> times) const {
  TaskScore result{.task = *task.name, .value = 0.0};
  std::vector<Group> groups;
  groups.reserve(task.entries.size());
  Group group;
  const auto close = [&] {
    if (group.positives + group.negatives > 0) groups.push_back(group);
    result.positives += group.positives;
    result.negatives += group.negatives;
    group = {};
  };
  for (const auto& entry : task.entries) {
    if (entry.opens_group) close();
    (entry.positive ? group.positives : group.negatives) += times.empty() ? 1 : times[entry.row];
  }
  close();
  if (groups.empty()) {
    result.value = std::unexpected("no label");
  } else if (result.positives == 0 || result.negatives == 0) {
    result.value = std::unexpected(result.positives == 0 ? "no positive" : "no negative");
  } else {
    result.value = score_groups(groups, result.positives, result.negatives);
  }
  return result;
}

Value LabelMetric::mean(const Sorted& sorted, std::span<const std::uint32_t> times) const {
  if (sorted.defect) return std::unexpected(*sorted.defect);
  double sum = 0.0;
  std::size_t kept = 0;
  std::string left_out;
  for (const SortedTask& task : sorted.tasks) {
    const TaskScore score = score_task(task, times);
    if (score.value) {
      sum += *score.value;
      ++kept;
    } else if (kept == 0) {
      left_out += (left_out.empty() ? "" : ", ") +
                  (score.task.empty() ? std::string() : score.task + ": ") + score.value.error();
    }
  }
  if (kept == 0) return std::unexpected("no task has both classes (" + left_out + ")");
  return sum / static_cast<double>(kept);
}

Value LabelMetric::score(const StatisticTable& rows, std::span<const std::uint32_t> times) const {
  if (rows.rows() == 0) return std::unexpected("no example");
  return mean(sort(rows), times);
}

Metric::Resampled LabelMetric::prepare(const StatisticTable& rows) const {
  if (rows.rows() == 0) return Metric::prepare(rows);
  return [this, sorted = std::make_shared<const Sorted>(sort(rows))](
             std::span<const std::uint32_t> times) { return mean(*sorted, times); };
}

std::size_t LabelMetric::counted(const StatisticTable& rows) const {
  std::size_t labelled = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    bool any = false;
    for (std::size_t t = 0; t < tasks_.size(); ++t) any = any || rows.row(i)[2 * t] != 0.0;
    labelled += any;
  }
  return labelled;
}

std::vector<TaskScore> LabelMetric::score_tasks(const StatisticTable& rows,
                                                std::span<const std::uint32_t> times) const {
  const Sorted sorted = sort(rows);
  std::vector<TaskScore> scores;
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    if (sorted.defect)
      scores.push_back({.task = tasks_[t], .value = std::unexpected(*sorted.defect)});
    else
      scores.push_back(score_task(sorted.tasks[t], times));
  }
  return scores;
}

}  // namespace cupel::metrics
