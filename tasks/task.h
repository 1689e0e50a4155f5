/// A task turns samples into inputs and references, and says what a model needs in order to do it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/capability.h"
#include "harness/core/registry.h"
#include "harness/core/sample.h"

namespace cupel::tasks {

/// Read from tasks/definitions/*.json.
struct Task {
  std::string id;  ///< "text-to-molecule-retrieval", "property-bbbp"
  std::string summary;
  std::int64_t version = 1;  ///< raised by every change of what is asked
  Capability capability{};
  std::string dataset;  ///< the one that its published numbers are on
  std::string scoring;  ///< the section of protocols: captioning generation retrieval choice
                        ///< property alignment
  /// Of T-choose-one: the numbers of candidates, rising. Otherwise empty.
  std::vector<std::size_t> choices;

  [[nodiscard]] std::string input(const Sample& sample) const;
  /// The text or molecule that belongs to the input; empty for tasks of properties and alignment.
  [[nodiscard]] std::string_view target(const Sample& sample) const;
};

[[nodiscard]] const Registry<Task>& task_registry();

struct DatasetDescriptor;  // tasks/dataset_descriptor.h

/// Why this task cannot be done on this data set; empty: it can.
[[nodiscard]] std::string misfit(const Task& task, const DatasetDescriptor& set);

/// Why a stage of this objective cannot be trained on this data set; empty: it can.
[[nodiscard]] std::string misfit(Objective objective, const DatasetDescriptor& set);

}  // namespace cupel::tasks
