/// The entries of a zip archive, where they lie.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cupel::models {

/// Name and content of each entry of an uncompressed zip or zip64 archive (APPNOTE.TXT 6.3.9), as
/// views into `bytes`. libzip gives no offset of an entry, so it would copy gigabytes that can be
/// used where they lie. Checksums are not compared: that would read the whole file, and torch.save
/// may be told to write none. Throws Error{kIntegrity} "origin: …": no end record, anything beyond
/// the file, entries that overlap or have one name. Throws Error{kUsage}: a compressed or encrypted
/// entry, an archive in several parts.
[[nodiscard]] std::map<std::string_view, std::string_view> read_zip_directory(
    std::string_view bytes, const std::string& origin);

}  // namespace cupel::models
