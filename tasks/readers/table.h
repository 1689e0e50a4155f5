/// What tables with a header have in common, however their cells are told apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/readers/readers.h"

namespace cupel::tasks {

/// Turns cells into samples, by the names in the header.
class SampleTable {
 public:
  SampleTable(const DatasetDescriptor& set, const Part& part, const std::string& name,
              std::size_t first_row)
      : set_(set), part_(part), name_(name), first_row_(first_row) {}

  /// The first record is the header, every other one a row.
  void take(std::span<const std::string_view> cells, std::size_t line);
  /// Throws Error{kUsage} when there was not even a header.
  [[nodiscard]] PartRows finish();

 private:
  void take_header(std::span<const std::string_view> cells, std::size_t line);
  void choose_labels(std::span<const std::string_view> cells, std::size_t line);
  [[nodiscard]] std::size_t place(std::span<const std::string_view> cells, std::size_t line,
                                  const std::string& column) const;
  [[nodiscard]] std::int8_t label(std::string_view cell, std::size_t index, std::size_t line) const;

  const DatasetDescriptor& set_;
  const Part& part_;
  const std::string& name_;
  std::size_t first_row_;
  PartRows rows_;
  std::size_t width_ = 0;  // cells of the header; 0: it has not been seen
  std::optional<std::size_t> id_;
  std::size_t smiles_ = 0;
  std::optional<std::size_t> text_;
  std::optional<std::size_t> only_;
  std::vector<std::size_t> labels_;
};

}  // namespace cupel::tasks
