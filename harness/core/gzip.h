/// gzip streams (RFC 1952), made and undone in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cupel {

/// The bytes that were compressed; several members in a row are joined, as gzip joins them.
/// `name` (a file name) starts every message. Throws Error{kUsage}: no gzip stream, one that ends
/// early, a wrong checksum, bytes after the last member, more than `limit` bytes (noticed before
/// they are kept).
[[nodiscard]] std::string gunzip(std::string_view bytes, const std::string& name,
                                 std::size_t limit = std::size_t{4} << 30U);

/// One member with these bytes, without a name or a time: the same bytes give the same stream with
/// one zlib.
[[nodiscard]] std::string gzip(std::string_view bytes);

}  // namespace cupel
