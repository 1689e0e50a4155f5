/// Prediction files of the field, in the formats that people write them, as rows of three texts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/registry.h"

namespace cupel::results {

/// One data row. The views live as long as the file they came from.
struct PredictionRow {
  std::size_t line = 0;         ///< 1-based line of the file on which the row starts
  std::string_view input;       ///< what the model was given: a SMILES or a description
  std::string_view reference;   ///< "ground truth"
  std::string_view prediction;  ///< "output"
};

/// A part of a file that starts with a header line: one run of a test. Only format atomas has
/// several; elsewhere the one section is the whole file.
struct PredictionSection {
  std::size_t number = 1;      ///< 1-based: the one whose rows were kept
  std::size_t count = 1;       ///< how many the file holds
  std::size_t first_line = 1;  ///< of the kept one: its header line
  std::size_t last_line = 1;   ///< of the kept one: its last row
};

struct PredictionFile {
  std::string path;
  std::string format;  ///< id of the format it was read as
  std::string sha256;  ///< of all bytes of the file
  std::vector<PredictionRow> rows;
  PredictionSection section;
  /// What the rows point into: the file's bytes; for jsonl and csv, with escapes undone in place.
  std::shared_ptr<const std::string> bytes;
};

/// Names of the three columns; an empty one is found by the names that its format knows.
struct ColumnNames {
  std::string input;
  std::string reference;
  std::string prediction;
};

struct ReadOptions {
  std::string task;         ///< "captioning" or "generation"
  std::string format = {};  ///< an id of prediction_formats(); empty: detect_format()
  ColumnNames columns = {};
  std::size_t section = 0;  ///< atomas: which run of the test, 1-based; 0: the last
};

struct PredictionFormat {
  std::string id;
  std::string summary;
};

/// molt5, atomas, jsonl, csv.
///
/// molt5: read as Python's csv.DictReader(delimiter='\t', quoting=QUOTE_NONE) does: `"` is an
/// ordinary character, nothing is stripped, LF, CRLF and a lone CR end a line, empty lines are
/// skipped, a UTF-8 byte order mark is skipped. Columns: "SMILES" (captioning), "description" or
/// "text" (generation); "ground truth"; "output".
///
/// atomas: the same, where a repeated header line starts a new section. Atomas appends to
/// test_tmp_epoch=N.txt and writes the header for batch 0 of every test, so that a test that was
/// run twice leaves both runs in one file.
///
/// jsonl: one flat JSON object a line, in UTF-8, by RFC 8259; other keys are left alone. Keys:
/// input: "input", "prompt", and "SMILES", "smiles" (captioning) or "description", "text"
/// (generation); reference: "reference", "ground truth", "ground_truth", "target", "label",
/// "references"; prediction: "output", "prediction", "prediction_text", "generated", "hypothesis".
///
/// csv: RFC 4180 with a header record: commas, cells with line breaks, commas or quotes stand in
/// double quotes, a quote in them is doubled. Columns are named as in jsonl.
[[nodiscard]] const Registry<PredictionFormat>& prediction_formats();

/// The format that a file seems to have: by its extension (.jsonl, .ndjson, .csv, .tsv), otherwise
/// by its first line. Never atomas: that a file holds several runs is for the user to say.
[[nodiscard]] std::string detect_format(const std::filesystem::path& path, std::string_view bytes);

/// The names that the input column of a table of this task may have: {"SMILES"} for captioning,
/// {"description", "text"} for generation.
[[nodiscard]] const std::vector<std::string>& input_columns(const std::string& task);

/// What would be scored wrongly is refused: throws Error{kUsage} naming the line and the likely
/// cause for NUL bytes, bytes that are not UTF-8, missing, repeated or ambiguous columns, rows with
/// fewer or more cells than the header, a repeated header (but see atomas), malformed JSON or
/// quoting, cells that are no text, a line over 16 MiB, an empty file, a file without data rows, an
/// unknown format, and a section that is not there.
[[nodiscard]] PredictionFile read_prediction_file(const std::filesystem::path& path,
                                                  const ReadOptions& options);

/// The same for bytes in memory; `name` is used in messages.
[[nodiscard]] PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                                   const ReadOptions& options);

/// The same for format molt5.
[[nodiscard]] PredictionFile read_prediction_file(const std::filesystem::path& path,
                                                  const std::string& task);
[[nodiscard]] PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                                   const std::string& task);

}  // namespace cupel::results
