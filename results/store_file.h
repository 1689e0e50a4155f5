/// The file of a store: made, recognised, locked for writing, and brought to the newest schema.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "results/sqlite.h"

namespace cupel::results {

/// "CUPL", the application id in the header of the file: file(1) and we recognise it by this.
inline constexpr std::int64_t kApplicationId = 0x4355504C;

/// The schemas, oldest first: number i turns version i into version i + 1. Named "1.sql", ….
using Migrations = std::span<const std::pair<std::string_view, std::string_view>>;
[[nodiscard]] Migrations store_migrations();

/// Held by the one process that may write to a store, from opening to closing; freed by the system
/// when the process dies. A file of its own beside the store ("STORE.lock"), because locks on
/// SQLite's file are SQLite's.
class WriterLock {
 public:
  /// Throws Error{kStore} naming the process that holds the lock, or when the folder is not
  /// writable.
  explicit WriterLock(const std::filesystem::path& store);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

/// Opens an existing store to read. If its last writer was killed in the middle of a transaction,
/// that transaction is rolled back first, which needs write permission.
/// Throws Error{kStore}: missing, a folder, another program's file, a newer schema (or an older one
/// that this program cannot read), a schema that was tampered with, a truncated or damaged file.
[[nodiscard]] Database open_store_to_read(const std::filesystem::path& path,
                                          Migrations migrations = store_migrations());

/// Opens a store to write; the caller holds its WriterLock. A missing or empty file becomes a new
/// store if `create`. An older schema is migrated in one transaction, after a copy of the whole
/// store was written beside it ("STORE.v1"). Throws like open_store_to_read.
[[nodiscard]] Database open_store_to_write(const std::filesystem::path& path, bool create,
                                           Migrations migrations = store_migrations());

}  // namespace cupel::results
