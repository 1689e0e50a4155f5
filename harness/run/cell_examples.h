/// What one cell asks, and what its answers are held against.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/digest.h"
#include "tasks/dataset.h"
#include "tasks/task.h"

namespace cupel {

/// The test rows of a data set as the examples of a task. The data set outlives this.
class CellExamples {
 public:
  /// `limit`: only the first so many; 0: all. A gallery is always whole.
  CellExamples(const tasks::Task& task, const tasks::Dataset& dataset, std::size_t limit);

  [[nodiscard]] std::size_t size() const { return inputs_.size(); }
  [[nodiscard]] std::span<const std::string_view> inputs() const { return inputs_; }
  /// As the store keeps it: the target, or the labels or the true alignment as JSON.
  [[nodiscard]] const std::string& reference(std::size_t i) const { return references_[i]; }
  [[nodiscard]] const Digest& digest(std::size_t i) const { return digests_[i]; }
  /// Merkle root of the digests.
  [[nodiscard]] const Digest& root() const { return root_; }
  /// Of retrieval and choice: the targets of all test rows; example i belongs to candidate i.
  [[nodiscard]] std::span<const std::string_view> gallery() const { return gallery_; }
  /// Of property tasks: label columns.
  [[nodiscard]] std::size_t labels() const { return labels_; }

 private:
  std::vector<std::string> texts_;  // of the inputs
  std::vector<std::string_view> inputs_;
  std::vector<std::string> references_;
  std::vector<Digest> digests_;
  Digest root_{};
  std::vector<std::string_view> gallery_;
  std::size_t labels_ = 0;
};

}  // namespace cupel
