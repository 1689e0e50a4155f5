/// A file seen as memory.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "harness/core/error.h"

namespace cupel {

/// Read-only and private; unmapped when this goes. Whoever cuts the file short meanwhile ends the
/// program (SIGBUS), as with every mapping.
class MappedFile {
 public:
  /// Throws Error{code} when the file is missing, unreadable or not a regular file.
  MappedFile(const std::filesystem::path& path, Code code);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace cupel
