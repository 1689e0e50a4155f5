/// The prediction files of the field: UTF-8, one header line, tab-separated columns, no quoting.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::results {

/// One data row. The views live as long as the file they came from.
struct PredictionRow {
  std::size_t line = 0;         ///< 1-based line of the file
  std::string_view input;       ///< what the model was given: a SMILES or a description
  std::string_view reference;   ///< column "ground truth"
  std::string_view prediction;  ///< column "output"
};

struct PredictionFile {
  std::string path;
  std::string sha256;  ///< of all bytes of the file
  std::vector<PredictionRow> rows;
  std::shared_ptr<const std::string> bytes;  ///< what the rows point into
};

/// The names that the input column of a task may have: {"SMILES"} for captioning, {"description",
/// "text"} for generation.
[[nodiscard]] const std::vector<std::string>& input_columns(const std::string& task);

/// Reads as Python's csv.DictReader(delimiter='\t', quoting=QUOTE_NONE) does: `"` is an ordinary
/// character, nothing is stripped, LF, CRLF and a lone CR end a line, empty lines are skipped, a
/// UTF-8 byte order mark is skipped. Unlike it, what would be scored wrongly is refused: throws
/// Error{kUsage} naming the line for NUL bytes, bytes that are not UTF-8, missing or repeated
/// columns, rows with fewer or more cells than the header, a repeated header, a line over 16 MiB,
/// an empty file, and a file without data rows.
[[nodiscard]] PredictionFile read_prediction_file(const std::filesystem::path& path,
                                                  const std::string& task);

/// The same for bytes in memory; `name` is used in messages.
[[nodiscard]] PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                                   const std::string& task);

}  // namespace cupel::results
