/// Whole files in and out, with errors that name the file and the remedy.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace cupel {

/// The bytes of a regular file of at most `limit` bytes. Throws Error{kUsage}: missing, a
/// directory, not readable, not a regular file, larger than `limit` (checked before anything is
/// read).
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::size_t limit = std::size_t{4} << 30U);

/// Writes `bytes` beside `path` and renames, so that a reader sees the old file or the whole new
/// one. Throws Error{kUsage} when the folder is missing or not writable, or the disk is full.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace cupel
