/// Small data sets on disk, and what is said of them.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"
#include "tests/support/paths.h"

namespace cupel::test {

/// Writes a file below `dir` and describes it.
inline tasks::DataFile data_file(const TempDir& dir, const std::string& name,
                                 const std::string& bytes) {
  std::ofstream(dir / name, std::ios::binary) << bytes;
  return {.path = name, .sha256 = sha256_hex(bytes), .git_blob = {}, .bytes = bytes.size()};
}

/// A set of one TSV part with columns id, smiles, text; every row trains.
inline tasks::DatasetDescriptor pairs_set(const TempDir& dir, const std::string& name,
                                          const std::string& bytes, std::size_t rows) {
  tasks::DatasetDescriptor set;
  set.id = "mine";
  set.obtain = "ask its author";
  set.parts.push_back({.format = tasks::Format::kTsv,
                       .files = {data_file(dir, name, bytes)},
                       .columns = {.id = "id", .smiles = "smiles", .text = "text"},
                       .rows = rows,
                       .side = tasks::Side::kTrain});
  set.sizes = {rows, 0, 0};
  return set;
}

inline tasks::DataRoots roots(const TempDir& dir) { return {.data = dir / "", .suite = {}}; }

/// $CUPEL_DATA; skips the test when the set is not there.
inline tasks::DataRoots real_roots(const std::string& needed) {
  std::filesystem::path path = real_data(needed);
  for (const auto& ignored : std::filesystem::path(needed)) {
    static_cast<void>(ignored);
    path = path.parent_path();
  }
  return {.data = path, .suite = {}};
}

/// What the call says when it fails: "code: message // hint".
template <typename Call>
std::string said_by(const Call& call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what() + " // " +
           error.hint();
  }
  return "accepted";
}

}  // namespace cupel::test
