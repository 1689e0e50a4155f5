/// The files of data sets: where they should be, whether they are there, and whether they are the
/// right ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"

namespace cupel::tasks {

struct FileState {
  enum class Found : std::uint8_t { kMissing, kDiffers, kRight };
  Found found = Found::kMissing;
  std::filesystem::path path;  ///< empty when the root is not known
  std::string expected;        ///< "sha256 …", "git-blob …" or, when the size differs, "… bytes"
  std::string actual;          ///< in the same form; empty when missing
  std::string bytes;           ///< as stored; only when right
};

/// The folder that the set's paths start at; empty when it is not known.
[[nodiscard]] std::filesystem::path root_of(const DatasetDescriptor& set, const DataRoots& roots);

/// Reads the file and compares it: first its size, then its digest. Throws Error{kUsage} when it is
/// there and cannot be read.
[[nodiscard]] FileState examine_file(const DatasetDescriptor& set, const DataFile& file,
                                     const DataRoots& roots);

/// All files of the set: those of its parts in their order, then that of its alignment.
[[nodiscard]] std::vector<DataFile> files_of(const DatasetDescriptor& set);

/// True when every file exists; none of them is read.
[[nodiscard]] bool at_hand(const DatasetDescriptor& set, const DataRoots& roots);

}  // namespace cupel::tasks
