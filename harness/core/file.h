/// Whole files in and out, with errors that name the file and the remedy.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/error.h"

namespace cupel {

/// The bytes of a regular file of at most `limit` bytes whose lines have at most `max_line` bytes.
/// Throws Error{kUsage}: missing, a directory, not readable, not a regular file, too large (checked
/// before anything is read), a line that is too long (checked while reading, so that a gigabyte
/// without a line break is not kept).
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::size_t limit = std::size_t{4} << 30U,
                                    std::size_t max_line = std::numeric_limits<std::size_t>::max());

/// Writes `bytes` beside `path` and renames, so that a reader sees the old file or the whole new
/// one. Throws Error{kUsage} when the folder is missing or not writable, or the disk is full.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// The same for what was costly to make: `pieces` in a row, without a copy of them all, and on the
/// disk (fsync of file and folder) when this returns.
void write_file_durably(const std::filesystem::path& path,
                        std::span<const std::string_view> pieces);

struct FileDigest {
  std::string sha256;  ///< 64 hexadecimal digits
  std::size_t bytes = 0;

  bool operator==(const FileDigest&) const = default;
};

/// Of a whole file, read in pieces: it may be larger than memory. Throws Error{`code`} when it is
/// no regular file or cannot be read.
[[nodiscard]] FileDigest digest_of_file(const std::filesystem::path& path, Code code);

}  // namespace cupel
