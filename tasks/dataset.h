/// Data sets: their descriptors (tasks/datasets/*.json), and their rows on disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/digest.h"
#include "harness/core/sample.h"

namespace cupel::tasks {

/// The rows of a set, in the order of its files, dealt out by its split.
struct Dataset {
  std::vector<std::string> labels;  ///< names of the label columns; empty in sets of pairs
  std::vector<Sample> train;
  std::vector<Sample> validation;
  std::vector<Sample> test;
};

/// Where data sets are. Empty: not known.
struct DataRoots {
  std::filesystem::path data;   ///< real ones (CUPEL_DATA)
  std::filesystem::path suite;  ///< the bundled suite, written there when it is missing
};

struct DatasetDescriptor;  // tasks/dataset_descriptor.h

/// The sides that somebody needs. Where the split is given, files of the others are not touched.
struct Sides {
  bool train = true;
  bool validation = true;
  bool test = true;
};

/// SHA-256 over everything in the descriptor that can change a row or its place: known without the
/// files, which are checked against it when they are read. Paths are left out. Scaffolds and what
/// parses also depend on RDKit's version, which is not part of it.
[[nodiscard]] Digest dataset_digest(const DatasetDescriptor& descriptor);

/// Reads, checks and splits; sides that are not asked for are empty. Throws Error{kCapability} when
/// a file is not there (the hint says how to obtain it), Error{kIntegrity} when its digest differs
/// (naming expected and found) or when rows, rows that RDKit does not read, or sides are not as
/// many as the descriptor says, Error{kUsage} with file and line for a row that the descriptor does
/// not allow for.
[[nodiscard]] Dataset load_dataset(const DatasetDescriptor& descriptor, const DataRoots& roots,
                                   const Sides& sides = {});

}  // namespace cupel::tasks
