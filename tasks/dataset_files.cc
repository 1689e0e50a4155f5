#include "tasks/dataset_files.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/file.h"

namespace cupel::tasks {
namespace {

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string digest_of(const DataFile& file, const std::string& bytes) {
  return file.sha256.empty() ? "git-blob " + git_blob_hex(bytes) : "sha256 " + sha256_hex(bytes);
}

}  // namespace

std::filesystem::path root_of(const DatasetDescriptor& set, const DataRoots& roots) {
  return set.root == DatasetDescriptor::Root::kData ? roots.data : roots.suite;
}

FileState examine_file(const DatasetDescriptor& set, const DataFile& file, const DataRoots& roots) {
  FileState state;
  const std::filesystem::path root = root_of(set, roots);
  state.expected = file.sha256.empty() ? "git-blob " + file.git_blob : "sha256 " + file.sha256;
  if (!root.empty()) state.path = root / file.path;
  if (root.empty() || !is_there(state.path)) return state;
  std::error_code error;
  if (!std::filesystem::is_regular_file(state.path, error)) {
    state.actual = "a folder or a device";
    state.found = FileState::Found::kDiffers;
    return state;
  }
  const std::uintmax_t size = std::filesystem::file_size(state.path, error);
  if (!error && file.bytes && size != *file.bytes) {
    state.expected = fmt::format("{} bytes", *file.bytes);
    state.actual = fmt::format("{} bytes", size);
  } else {
    state.bytes = read_file(state.path);
    state.actual = digest_of(file, state.bytes);
  }
  state.found =
      state.actual == state.expected ? FileState::Found::kRight : FileState::Found::kDiffers;
  if (state.found == FileState::Found::kDiffers) state.bytes.clear();
  return state;
}

std::vector<DataFile> files_of(const DatasetDescriptor& set) {
  std::vector<DataFile> files;
  for (const Part& part : set.parts)
    files.insert(files.end(), part.files.begin(), part.files.end());
  if (set.alignment) files.push_back(*set.alignment);
  return files;
}

bool at_hand(const DatasetDescriptor& set, const DataRoots& roots) {
  const std::filesystem::path root = root_of(set, roots);
  if (root.empty() || set.parts.empty()) return false;
  const std::vector<DataFile> files = files_of(set);
  return std::ranges::all_of(files,
                             [&](const DataFile& file) { return is_there(root / file.path); });
}

}  // namespace cupel::tasks
