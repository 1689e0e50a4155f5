/// A file seen as memory.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

namespace cupel::metrics {

/// Read-only and private; unmapped when this goes.
class MappedFile {
 public:
  /// Throws Error{kCapability} when the file is missing, unreadable or not a regular file.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace cupel::metrics
