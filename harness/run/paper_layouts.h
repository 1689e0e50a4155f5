/// How the field's papers lay their tables out.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cupel {

struct LayoutColumn {
  std::string_view group;
  std::string_view heading;
  std::string_view task;
  std::string_view metric;
};

struct PaperLayout {
  std::string_view id;
  std::string_view title;
  std::span<const LayoutColumn> columns;
  double scale;  ///< 100 where papers print percent
  int digits;
  bool average;  ///< a last column has the mean of all others
};

/// Retrieval, captioning, generation and property prediction as Atomas's tables have them (ICLR
/// 2025; those of captioning and generation follow MolT5, EMNLP 2022; that of properties
/// MoleculeNet's order).
[[nodiscard]] std::span<const PaperLayout> paper_layouts();

/// What the data sets of one table have in common: runs on another one stand in another table.
[[nodiscard]] std::string data_of(const PaperLayout& layout, const std::string& dataset);

}  // namespace cupel
