/// Prediction tables as people damage them, for tests of the import doctor.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/run/import_doctor.h"
#include "results/prediction_file.h"

namespace cupel::test {

using Cells = std::array<std::string, 3>;  // input, reference, prediction

struct Table {
  std::string task;
  std::vector<Cells> rows;

  [[nodiscard]] std::string header() const {
    return (task == "captioning" ? "SMILES" : "description") +
           std::string("\tground truth\toutput\n");
  }
  [[nodiscard]] std::string text() const {
    std::string all = header();
    for (const Cells& cells : rows) all += cells[0] + '\t' + cells[1] + '\t' + cells[2] + '\n';
    return all;
  }
};

inline Table table_of(const results::PredictionFile& file, const std::string& task) {
  Table table{.task = task, .rows = {}};
  for (const auto& row : file.rows)
    table.rows.push_back(
        {std::string(row.input), std::string(row.reference), std::string(row.prediction)});
  return table;
}

inline ImportExamination examine(const std::string& text, const std::string& task,
                                 const std::string& format = "molt5") {
  chem::silence_rdkit();
  return examine_import(results::parse_prediction_file(
                            text, "file", results::ReadOptions{.task = task, .format = format}),
                        task);
}
inline ImportExamination examine(const Table& table) { return examine(table.text(), table.task); }

/// The first finding's cause ("?" after it when not sure), "nothing", or what the reader says.
inline std::string diagnosis(const std::string& text, const std::string& task,
                             const std::string& format = "molt5") {
  try {
    const ImportExamination found = examine(text, task, format);
    if (found.findings.empty()) return "nothing";
    return found.findings[0].cause + (found.findings[0].sure ? "" : "?");
  } catch (const Error& error) {
    return std::string(error.what()) + " // " + error.hint();
  }
}
inline std::string diagnosis(const Table& table) { return diagnosis(table.text(), table.task); }

inline Table swap_columns(Table table, std::size_t a, std::size_t b) {
  for (Cells& cells : table.rows) std::swap(cells[a], cells[b]);
  return table;
}

/// Column `column` moved `by` rows down from row `from` on; what has no neighbour becomes that of
/// the other end (`wrap`) or `filler`.
inline Table shift_column(const Table& table, std::size_t column, int by, bool wrap = true,
                          std::size_t from = 0, const std::string& filler = {}) {
  Table shifted = table;
  const auto size = static_cast<std::ptrdiff_t>(table.rows.size() - from);
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    const std::ptrdiff_t source = i - by;
    const bool inside = source >= 0 && source < size;
    const auto taken = static_cast<std::size_t>(((source % size) + size) % size);
    shifted.rows[from + static_cast<std::size_t>(i)][column] =
        inside || wrap ? table.rows[from + taken][column] : filler;
  }
  return shifted;
}

inline Table keep_rows(const Table& table, const std::function<bool(std::size_t)>& keep) {
  Table kept{.task = table.task, .rows = {}};
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (keep(i)) kept.rows.push_back(table.rows[i]);
  }
  return kept;
}

inline Table repeat_rows(const Table& table, const std::function<std::size_t(std::size_t)>& times) {
  Table repeated{.task = table.task, .rows = {}};
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    repeated.rows.insert(repeated.rows.end(), times(i), table.rows[i]);
  return repeated;
}

inline Table map_column(Table table, std::size_t column,
                        const std::function<std::string(std::size_t, const std::string&)>& change) {
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    table.rows[i][column] = change(i, table.rows[i][column]);
  return table;
}

inline std::string without_last(const std::string& text) {
  std::size_t end = text.size();
  while (end > 0 && (static_cast<unsigned char>(text[end - 1]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end == 0 ? 0 : end - 1);
}

inline std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

inline std::string csv_cell(const std::string& cell) {
  return '"' + replace_all(cell, "\"", "\"\"") + '"';
}

inline Table shuffle_column(Table table, std::size_t column, std::mt19937_64& random) {
  for (std::size_t i = table.rows.size() - 1; i > 0; --i)
    std::swap(table.rows[i][column], table.rows[random() % (i + 1)][column]);
  return table;
}

}  // namespace cupel::test
