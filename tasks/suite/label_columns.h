/// The bytes of tasks/suite/label_columns.tsv: set, column, positive and missing labels per mille,
/// made by tests/oracle/suite_label_rates.py.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::tasks::suite {

/// (file name, content).
[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>>
embedded_label_columns();

}  // namespace cupel::tasks::suite
