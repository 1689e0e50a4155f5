#include "tasks/readers/table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/nearest.h"
#include "tasks/readers/lines.h"

namespace cupel::tasks {

std::size_t SampleTable::place(std::span<const std::string_view> cells, std::size_t line,
                               const std::string& column) const {
  const auto at = std::ranges::find(cells, column);
  if (at == cells.end()) {
    const std::vector<std::string> known(cells.begin(), cells.end());
    fail_at(name_, line, fmt::format("no column '{}'", column), suggest(column, known));
  }
  if (std::find(at + 1, cells.end(), column) != cells.end())
    fail_at(name_, line, fmt::format("two columns '{}'", column), "remove one of them");
  return static_cast<std::size_t>(at - cells.begin());
}

void SampleTable::choose_labels(std::span<const std::string_view> cells, std::size_t line) {
  for (const std::string& name : set_.labels) {
    labels_.push_back(place(cells, line, name));
    rows_.labels.push_back(name);
  }
  if (set_.other_labels == 0) return;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == smiles_ || i == id_) continue;
    labels_.push_back(place(cells, line, std::string(cells[i])));
    rows_.labels.emplace_back(cells[i]);
  }
  if (labels_.size() != set_.other_labels)
    fail_at(
        name_, line,
        fmt::format("{} label columns; the descriptor says {}", labels_.size(), set_.other_labels),
        "is it the right file?");
}

void SampleTable::take_header(std::span<const std::string_view> cells, std::size_t line) {
  width_ = cells.size();
  const auto find = [&](const std::string& column) -> std::optional<std::size_t> {
    if (column.empty()) return std::nullopt;
    return place(cells, line, column);
  };
  id_ = find(part_.columns.id);
  smiles_ = place(cells, line, part_.columns.smiles);
  text_ = find(part_.columns.text);
  only_ = find(part_.only_column);
  choose_labels(cells, line);
}

std::int8_t SampleTable::label(std::string_view cell, std::size_t index, std::size_t line) const {
  if (cell.empty()) return 0;
  if (cell == "1" || cell == "1.0") return 1;
  if (cell == "0" || cell == "0.0") return -1;
  fail_at(name_, line, fmt::format("'{}' in column '{}' is no label", cell, rows_.labels[index]),
          "a label is 0, 1, or empty where it is missing");
}

void SampleTable::take(std::span<const std::string_view> cells, std::size_t line) {
  if (width_ == 0) return take_header(cells, line);
  if (cells.size() != width_)
    fail_at(name_, line, fmt::format("{} cells; the header has {}", cells.size(), width_),
            cells.size() < width_ ? "the file was cut off here, or a line break stands in a text"
                                  : "a text holds the separator, or two rows were joined");
  const std::size_t row = first_row_ + rows_.in_files++;
  if (only_ && cells[*only_] != part_.only_value) return;
  Sample sample{.id = id_ ? std::string(cells[*id_]) : fmt::format("{}", row),
                .smiles = std::string(cells[smiles_])};
  if (sample.id.empty() || sample.smiles.empty() || (text_ && cells[*text_].empty()))
    fail_at(name_, line, "an empty cell where an id, a SMILES or a text must stand",
            "remove the row, or fill it in");
  if (text_) sample.text = cells[*text_];
  for (std::size_t i = 0; i < labels_.size(); ++i)
    sample.labels.push_back(label(cells[labels_[i]], i, line));
  rows_.samples.push_back(std::move(sample));
}

PartRows SampleTable::finish() {
  if (width_ == 0) fail_at(name_, 1, "the file is empty", "was it cut off?");
  return std::move(rows_);
}

}  // namespace cupel::tasks
