#include "tests/support/faulty_vfs.h"

#include <csignal>

#include <sqlite3.h>
#include <unistd.h>

namespace cupel::test {
namespace {

struct Plan {
  Fault fault = Fault::kNone;
  std::size_t at = 0;
  std::size_t times = 0;
  std::size_t done = 0;
};

// SQLite calls back without a place for our own data.
Plan plan;
sqlite3_vfs* disk = nullptr;
sqlite3_vfs faulty;

/// SQLite allocates szOsFile bytes: ours, then the real file's.
struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

/// Is this operation, which is being counted, to fail?
bool fails() {
  const std::size_t number = plan.done++;
  return plan.fault != Fault::kNone && number >= plan.at && number - plan.at < plan.times;
}

/// The code that the failing operation returns, if the process lives to return it.
int failure() {
  if (plan.fault == Fault::kKill || plan.fault == Fault::kKillHalf) ::kill(::getpid(), SIGKILL);
  return plan.fault == Fault::kError ? SQLITE_IOERR : SQLITE_FULL;
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  sqlite3_file* to = real(file);
  if (!fails()) return to->pMethods->xWrite(to, bytes, count, offset);
  if (plan.fault == Fault::kShortWrite || plan.fault == Fault::kKillHalf)
    to->pMethods->xWrite(to, bytes, count / 2, offset);
  return failure();
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return fails() ? failure() : real(file)->pMethods->xTruncate(real(file), size);
}

int sync(sqlite3_file*, int) { return fails() ? failure() : SQLITE_OK; }

int remove(sqlite3_vfs*, const char* name, int) {
  return fails() ? failure() : disk->xDelete(disk, name, 0);
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static constexpr sqlite3_io_methods methods = {
      .iVersion = 1,  // no shared memory, no memory mapping
      .xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); },
      .xRead = [](sqlite3_file* f, void* to, int count,
                  sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, count, at); },
      .xWrite = write,
      .xTruncate = truncate,
      .xSync = sync,
      .xFileSize = [](sqlite3_file* f,
                      sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); },
      .xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); },
      .xUnlock = [](sqlite3_file* f,
                    int level) { return real(f)->pMethods->xUnlock(real(f), level); },
      .xCheckReservedLock =
          [](sqlite3_file* f, int* out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
          },
      .xFileControl =
          [](sqlite3_file* f, int what, void* argument) {
            return real(f)->pMethods->xFileControl(real(f), what, argument);
          },
      .xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
      .xDeviceCharacteristics =
          [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
  };
  const int code = disk->xOpen(disk, name, real(file), flags, out_flags);
  file->pMethods = code == SQLITE_OK ? &methods : nullptr;
  return code;
}

}  // namespace

FaultyVfs::FaultyVfs(Fault fault, std::size_t at, std::size_t times) {
  plan = {.fault = fault, .at = at, .times = times, .done = 0};
  disk = sqlite3_vfs_find(nullptr);
  faulty = *disk;
  faulty.zName = "faulty";
  faulty.szOsFile = static_cast<int>(sizeof(File)) + disk->szOsFile;
  faulty.xOpen = open;
  faulty.xDelete = remove;
  sqlite3_vfs_register(&faulty, 1);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&faulty);
  sqlite3_vfs_register(disk, 1);
}

std::size_t FaultyVfs::operations() const { return plan.done; }
bool FaultyVfs::hit() const { return plan.fault != Fault::kNone && plan.done > plan.at; }

}  // namespace cupel::test
