/// Numbers that papers print, each with its source, and what is known of why ours differ.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cupel::results {

/// One cell of a printed table. The file <paper>.csv has the columns `table` to `note`, in this
/// order; papers.csv has paper, name, arxiv. One printed row is what shares paper, table and model.
struct PublishedCell {
  std::string paper;      ///< the name of the file: "molt5"
  std::string name;       ///< the paper's own: "MolT5"
  std::string arxiv;      ///< "2204.11817"
  std::string table;      ///< which of the paper's tables, or the page that lists it
  std::string task;       ///< our id, or the paper's word where we have no such task
  std::string dataset;    ///< our id, or the paper's name
  std::string split;      ///< "test", or "not-stated"
  std::string model;      ///< as printed
  std::string run_model;  ///< the id of this model in a store; empty where the source does not say
                          ///< which checkpoint, size or baseline it is
  std::string protocol;   ///< the scoring protocol behind the number; empty where nobody says
  std::string metric;     ///< our id, or a lower-case name for what we do not compute
  std::string value;  ///< the printed digits ("0.590"); empty: known to exist, but not its value
  std::string std;    ///< the printed standard deviation; may be empty
  std::string unit;  ///< fraction, percent, edits, distance or percent-relative; empty with `value`
  std::string source;      ///< where the number was read
  std::string confidence;  ///< that it was read rightly: high, medium or low
  std::string note;
};

/// Why computed values differ from these cells. reasons.csv has the columns below, in this order;
/// lists are separated by spaces. Where several fit a cell, the first one holds.
struct PublishedReason {
  std::vector<std::string> papers;
  std::string table;  ///< empty: any
  std::vector<std::string> run_models;
  std::string task;
  std::vector<std::string> metrics;
  std::string text;
  std::string support;  ///< "reconstruction": recomputed, but not proven; or "guess"
  std::string source;

  [[nodiscard]] bool fits(const PublishedCell& cell) const;
};

struct Published {
  std::vector<PublishedCell> cells;
  std::vector<PublishedReason> reasons;
};

/// The tables that are part of the program (results/published/*.csv).
[[nodiscard]] const Published& published_results();

/// The same from a folder with papers.csv, reasons.csv and one file a paper. Throws Error{kUsage}
/// naming file and line: a missing, unknown or misplaced column, a row of another length, a missing
/// file or one that papers.csv does not list, an empty cell that must not be, an unknown unit,
/// confidence or support, a value that is not a plain decimal number, the same cell twice, and a
/// reason that fits no cell.
[[nodiscard]] Published read_published(const std::filesystem::path& folder);

}  // namespace cupel::results
