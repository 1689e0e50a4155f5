/// The rows of one part of a data set, in each of the formats (tasks/dataset_descriptor.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/sample.h"
#include "tasks/dataset_descriptor.h"

namespace cupel::tasks {

/// A file that was read, unpacked, and checked to be UTF-8 without NUL.
struct FileText {
  std::string name;  ///< starts every message
  std::string bytes;
};

struct PartRows {
  std::vector<std::string> labels;  ///< names, in the order of Sample::labels
  std::vector<Sample> samples;      ///< cells as they stand in the file
  std::size_t in_files = 0;         ///< rows before some were left out
};

/// One part of a set. Rows without an id of their own are numbered from `first_row`.
/// Throws Error{kUsage} "name:line: …" for a missing column, a row with too few or too many cells,
/// an empty SMILES or text, a label that is neither 0, 1 nor empty, files of unequal length.
[[nodiscard]] PartRows read_part(const DatasetDescriptor& set, const Part& part,
                                 std::vector<FileText>& files, std::size_t first_row);

/// Sets the phrases of all samples, whose SMILES and texts are what models see. Lines of other rows
/// are passed over. Throws Error{kUsage} "name:line: …" for a row that has no line or two, or a
/// phrase that is not inside its text, ends inside a character, or names an atom that the SMILES
/// lacks.
void read_alignment(const FileText& file, std::vector<Sample>& samples);

// The formats, for read_part.
[[nodiscard]] PartRows read_tsv(const DatasetDescriptor& set, const Part& part, FileText& file,
                                std::size_t first_row);
[[nodiscard]] PartRows read_csv(const DatasetDescriptor& set, const Part& part, FileText& file,
                                std::size_t first_row);
[[nodiscard]] PartRows read_lines(const FileText& smiles, const FileText* texts,
                                  std::size_t first_row);
[[nodiscard]] PartRows read_pubchemstm(const Part& part, FileText& smiles, const FileText& texts);

}  // namespace cupel::tasks
