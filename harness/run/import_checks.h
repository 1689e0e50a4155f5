/// The single checks of the import doctor. Only harness/run/import_*.cc include this.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/import_doctor.h"
#include "results/prediction_file.h"

namespace cupel::import {

using Findings = std::vector<ImportFinding>;

/// The columns in the order of PredictionRow.
inline constexpr std::size_t kInput = 0;
inline constexpr std::size_t kReference = 1;
inline constexpr std::size_t kPrediction = 2;
inline constexpr std::array<const char*, 3> kColumnNames = {"input", "ground truth", "output"};

/// The file under examination.
struct Case {
  const results::PredictionFile& file;
  bool captioning = false;

  [[nodiscard]] std::size_t rows() const { return file.rows.size(); }
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const {
    const results::PredictionRow& cells = file.rows[row];
    return column == kInput       ? cells.input
           : column == kReference ? cells.reference
                                  : cells.prediction;
  }
  [[nodiscard]] std::size_t line(std::size_t row) const { return file.rows[row].line; }
  /// Does this column hold SMILES when all is well?
  [[nodiscard]] bool molecules(std::size_t column) const {
    return captioning == (column == kInput);
  }
};

/// At most `most` row numbers, evenly spaced over the file, the same every time.
[[nodiscard]] std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t most);

[[nodiscard]] std::size_t count_rows(const Case& examined,
                                     const std::function<bool(std::size_t)>& holds);

// import_cells.cc: what single cells show.
[[nodiscard]] Findings check_header_rows(const Case& examined);
[[nodiscard]] Findings check_quoting(const Case& examined);
[[nodiscard]] Findings check_open_quotes(const Case& examined);
[[nodiscard]] Findings check_merged_rows(const Case& examined);
[[nodiscard]] Findings check_controls(const Case& examined);
[[nodiscard]] Findings check_backslashes(const Case& examined);
[[nodiscard]] Findings check_mojibake(const Case& examined);

/// `text` as it was before somebody read its UTF-8 as Latin-1; nothing when that cannot have been.
[[nodiscard]] std::optional<std::string> undo_mojibake(std::string_view text);

// import_known.cc: what the keys of known sets show.

/// The known set that a file's rows belong to, if any.
struct Recognised {
  std::string dataset;  ///< empty: none
  std::string split;
  std::size_t matched = 0;
  bool swapped = false;                         ///< the rest of the file means nothing then
  std::vector<std::size_t> unknown_references;  ///< rows of which only the input is the set's
  Findings pairs;                               ///< columns, references against inputs, merged rows
  Findings rows;                                ///< missing, duplicated, unknown rows
};
[[nodiscard]] Recognised recognise(const Case& examined);

// import_kinds.cc: what the cells are, and how they end.
[[nodiscard]] Findings check_kinds(const Case& examined);
[[nodiscard]] Findings check_swap_by_quality(const Case& examined);
[[nodiscard]] Findings check_parsable_references(const Case& examined);
[[nodiscard]] Findings check_cut_outputs(const Case& examined);
[[nodiscard]] Findings check_degenerate_outputs(const Case& examined);
[[nodiscard]] Findings check_repeated_rows(const Case& examined);

// import_similarity.cc: which outputs belong to which references.

/// How much better outputs fit their own references than those far away.
struct Relation {
  double own = 0.0;    ///< mean similarity with the own reference, in [0, 1]
  double other = 0.0;  ///< with references far away
  double z = 0.0;      ///< the mean difference over its standard error
};
[[nodiscard]] Relation relate(const Case& examined);
[[nodiscard]] Findings check_shift(const Case& examined);
[[nodiscard]] Findings check_relation(const Case& examined);

}  // namespace cupel::import
