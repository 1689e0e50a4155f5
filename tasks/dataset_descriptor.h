/// What is known of a data set without having it: tasks/datasets/<id>.json.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/registry.h"
#include "tasks/split.h"

namespace cupel::tasks {

/// A file as it is published, compressed if it is (`.gz`).
struct DataFile {
  std::string path;      ///< below the root, never above it
  std::string sha256;    ///< 64 digits, or empty where only git_blob is known
  std::string git_blob;  ///< 40 digits: git's SHA-1 of a file that nobody could read here
  std::optional<std::size_t> bytes;  ///< its size; always known beside sha256
};

/// How rows stand in files.
enum class Format : std::uint8_t {
  kTsv,         ///< one file: header, tabs, no quoting (`"` is an ordinary character)
  kCsv,         ///< one file: header, RFC 4180
  kLines,       ///< two files, one SMILES and one text a line, row by row; no header
  kPubChemStm,  ///< a CSV of CIDs and SMILES, and a JSON object of arrays of texts by CID
  kSmiles,      ///< one file: one SMILES a line, no header
};

/// Names in the header of a file; empty: there is no such column.
struct Columns {
  std::string id;
  std::string smiles;
  std::string text;
};

/// Files that are read together, and what is taken from them.
struct Part {
  Format format = Format::kTsv;
  std::vector<DataFile> files;
  Columns columns;
  std::size_t rows = 0;  ///< in the files, before anything is left out; checked
  /// Only rows with this value in this column are taken. No column: all of them.
  std::string only_column;
  std::string only_value;
  std::optional<Side> side;  ///< of all its rows; exactly where the split is given
};

struct SplitRule {
  enum class Kind : std::uint8_t { kGiven, kRandom, kScaffold };
  Kind kind = Kind::kGiven;
  Fractions fractions{};   ///< of kRandom and kScaffold
  std::uint64_t seed = 0;  ///< of kRandom
  bool chirality = false;  ///< of kScaffold: do stereo marks tell scaffolds apart?
  std::string source;      ///< whose rule this is, and how far it equals a published split
};

struct DatasetDescriptor {
  enum class Root : std::uint8_t { kData, kSuite };

  std::string id;
  std::string summary;
  std::string licence;
  std::string origin;
  std::string obtain;  ///< how to get the files
  std::string damage;  ///< what is known to be wrong with the rows, and what is done about it
  std::string note;    ///< what every table on this set must say; usually empty
  Root root = Root::kData;
  std::vector<Part> parts;  ///< none: the set was never released
  /// JSON lines, one a text of the set: its phrases, and the atoms that each stands for
  /// (tasks/suite/suite.h has the format).
  std::optional<DataFile> alignment;
  /// Label columns by name, or their number where all columns but the id's and the SMILES' are
  /// meant. Neither in sets of pairs.
  std::vector<std::string> labels;
  std::size_t other_labels = 0;
  bool unescape_backslashes = false;  ///< of SMILES: two in a row become one
  /// Rows that RDKit does not read are dropped before the split, and are this many. Nothing: they
  /// are not looked for.
  std::optional<std::size_t> unparsable;
  SplitRule split;
  std::array<std::size_t, 3> sizes{};  ///< train, validation, test; checked

  [[nodiscard]] bool has_labels() const { return !labels.empty() || other_labels > 0; }
};

/// Throws Error{kUsage} "origin:line:column: …" for anything that the format does not know.
[[nodiscard]] DatasetDescriptor parse_descriptor(std::string_view bytes, const std::string& origin);

/// The sets that the program knows.
[[nodiscard]] const Registry<DatasetDescriptor>& dataset_registry();

}  // namespace cupel::tasks
