/// Is a prediction file what it seems to be? Names the usual damages by their cause.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/prediction_file.h"

namespace cupel {

struct ImportFinding {
  /// A stable id:
  ///   header-in-the-middle  a data row holds column names
  ///   quoting               cells carry the quotes of a CSV writer
  ///   rows-merged           cells hold other rows of the table
  ///   binary-junk           control characters
  ///   columns-swapped       texts stand in another column than their own
  ///   wrong-task            a captioning file read for generation, or the reverse
  ///   backslashes-doubled   SMILES with two backslashes for one
  ///   references-foreign    inputs of one data set, references of another
  ///   references-reordered  references stand beside the inputs of other rows
  ///   references-altered    some references are not those of the data set
  ///   outputs-shifted       outputs stand k rows away from their own
  ///   outputs-unrelated     outputs fit their own references no better than others
  ///   rows-missing, rows-duplicated, rows-unknown   against the data set
  ///   outputs-cut           the last character of each output is missing
  ///   outputs-empty, outputs-constant
  ///   references-unparsable references of a generation file are no molecules
  ///   mojibake              UTF-8 that was read as Latin-1 and written as UTF-8 again
  std::string cause;
  bool sure = false;   ///< false: likely, or worth a look
  std::string what;    ///< one sentence, with numbers
  std::string remedy;  ///< what to do about it
};

struct ImportExamination {
  std::string dataset;  ///< the known set whose rows these are; empty: none (tasks/known_keys.h)
  std::string split;    ///< of that set
  std::size_t matched = 0;              ///< rows whose input and reference are one row of that set
  std::vector<ImportFinding> findings;  ///< the likely root cause first
};

/// Examines and changes nothing. Rows of known sets are recognised by their keys, and then the
/// findings are certain; without a known set statistics decide, and a finding is sure only where
/// no honest file could look like that. Chemistry and similarities are computed for at most some
/// thousand rows, evenly taken from the file.
[[nodiscard]] ImportExamination examine_import(const results::PredictionFile& file,
                                               const std::string& task);

}  // namespace cupel
