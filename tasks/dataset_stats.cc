#include "tasks/dataset_stats.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "harness/core/utf8.h"
#include "tasks/split.h"

namespace cupel::tasks {
namespace {

Lengths lengths(const std::vector<Sample>& rows, std::string Sample::* field) {
  Lengths found;
  std::size_t total = 0;
  for (const Sample& row : rows) {
    const std::size_t length = count_code_points(row.*field);
    total += length;
    found.longest = std::max(found.longest, length);
  }
  if (!rows.empty()) found.mean = static_cast<double>(total) / static_cast<double>(rows.size());
  return found;
}

/// Rows that have a text in this field, and an earlier row has the same.
std::size_t repeated(const std::vector<Sample>& rows, std::string Sample::* field) {
  std::unordered_set<std::string_view> seen;
  std::size_t count = 0;
  for (const Sample& row : rows)
    if (!(row.*field).empty() && !seen.insert(row.*field).second) ++count;
  return count;
}

SideStats stats_of_side(const std::vector<Sample>& rows, bool chirality) {
  SideStats side{.rows = rows.size(),
                 .smiles = lengths(rows, &Sample::smiles),
                 .text = lengths(rows, &Sample::text),
                 .repeated_smiles = repeated(rows, &Sample::smiles),
                 .repeated_texts = repeated(rows, &Sample::text)};
  std::unordered_set<std::string> distinct;
  auto scaffolds = scaffolds_of(rows, chirality);
  for (auto& scaffold : scaffolds) {
    if (scaffold)
      distinct.insert(std::move(*scaffold));
    else
      ++side.unparsable;
  }
  side.scaffolds = distinct.size();
  return side;
}

LabelCounts count_label(const std::vector<Sample>& rows, std::size_t label) {
  LabelCounts counts;
  for (const Sample& row : rows)
    ++(row.labels[label] > 0   ? counts.positive
       : row.labels[label] < 0 ? counts.negative
                               : counts.missing);
  return counts;
}

}  // namespace

DatasetStats stats_of(const Dataset& dataset, bool chirality) {
  const std::array<const std::vector<Sample>*, 3> sides = {&dataset.train, &dataset.validation,
                                                           &dataset.test};
  DatasetStats stats;
  for (std::size_t i = 0; i < sides.size(); ++i)
    stats.sides[i] = stats_of_side(*sides[i], chirality);
  for (std::size_t label = 0; label < dataset.labels.size(); ++label) {
    LabelStats& counts = stats.labels.emplace_back();
    counts.name = dataset.labels[label];
    for (std::size_t i = 0; i < sides.size(); ++i) counts.sides[i] = count_label(*sides[i], label);
  }
  return stats;
}

}  // namespace cupel::tasks
