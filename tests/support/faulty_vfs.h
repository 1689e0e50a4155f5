/// A disk that fails when a test wants it to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cupel::test {

enum class Fault : std::uint8_t {
  kNone,        ///< only counts
  kFull,        ///< SQLITE_FULL, nothing is written
  kShortWrite,  ///< SQLITE_FULL after half of the bytes
  kError,       ///< SQLITE_IOERR
  kKill,        ///< the process is killed before the operation
  kKillHalf,    ///< the process is killed after half of the bytes
};

/// While it lives, SQLite's default file system: what changes files (write, truncate, sync, delete)
/// is counted from 0 and fails from `at` on, `times` times. Syncs do nothing else, which is quick.
/// One at a time.
class FaultyVfs {
 public:
  FaultyVfs(Fault fault, std::size_t at, std::size_t times = 1);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  [[nodiscard]] std::size_t operations() const;
  /// Did an operation fail?
  [[nodiscard]] bool hit() const;
};

}  // namespace cupel::test
