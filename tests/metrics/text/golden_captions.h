/// The prediction files of captions and their golden values, for tests only.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/file.h"
#include "metrics/metric.h"
#include "metrics/pair.h"
#include "models/text/wordpiece_tokenizer.h"
#include "tests/support/paths.h"

namespace cupel::test {

inline constexpr std::array<std::string_view, 2> kCaptionFiles = {"molt5-large-smiles2caption",
                                                                  "t5-v1_1-small-smiles2caption"};
inline constexpr std::string_view kWordNetFolder = "/usr/share/wordnet";

inline std::vector<std::string> split(std::string_view text, char divider) {
  std::vector<std::string> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find(divider, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    if (end == text.size()) return parts;
    at = end + 1;
  }
}

/// The lines of a file, without the first if `header`.
inline std::vector<std::string> lines_of(const std::filesystem::path& path, bool header) {
  std::vector<std::string> lines = split(read_file(path), '\n');
  if (lines.back().empty()) lines.pop_back();
  if (header) lines.erase(lines.begin());
  return lines;
}

struct Caption {
  std::string prediction;
  std::string reference;
};

/// The rows of a prediction file of the shared data, read as MolT5's scripts read them.
inline std::vector<Caption> captions(std::string_view name) {
  std::vector<Caption> rows;
  for (const std::string& line : lines_of(real_data("molt5/" + std::string(name) + ".txt"), true)) {
    const auto cells = split(line, '\t');
    std::string output = cells.at(2);
    if (output.starts_with("[CLS] ")) output.erase(0, 6);
    rows.push_back({output, cells[1]});
  }
  return rows;
}

inline WordPieceTokenizer scibert() {
  return {"scibert", read_file(real_data("scibert/vocab.txt"))};
}

/// The statistics of all rows.
inline StatisticTable measure_all(const metrics::PairMetric& metric,
                                  const std::vector<Caption>& rows,
                                  const metrics::PairContext& context) {
  StatisticTable table(rows.size(), metric.statistics().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const metrics::Pair pair(rows[i].prediction, rows[i].reference, context);
    metric.measure(pair, table.row(i));
  }
  return table;
}

}  // namespace cupel::test
