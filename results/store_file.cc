#include "results/store_file.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "results/migrations/embedded.h"

namespace cupel::results {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what, const std::string& hint) {
  throw Error(Code::kStore, path.string() + ": " + what, hint);
}

/// `path` + `suffix` as SQLite names the files beside a store: beside the file that a link means.
fs::path beside(const fs::path& path, const char* suffix) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return (error ? path : real).string() + suffix;
}

bool is_there(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

[[noreturn]] void fail_truncated(const fs::path& path, std::uintmax_t there, std::uintmax_t bytes) {
  fail(path, fmt::format("the file is truncated: {} bytes of {} are there", there, bytes),
       "fetch or restore a whole copy");
}

/// What the header says of the size: if the lost part held tables' definitions, SQLite would call
/// the file damaged. Nothing while a transaction is to be rolled back, or a log switched on.
void check_size(const fs::path& path, std::uintmax_t there) {
  std::array<unsigned char, 100> header{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(header.data()), header.size())) return;
  const auto number = [&](std::size_t at) {  // big endian, as SQLite's file format has it
    return std::uint32_t{header[at]} << 24U | std::uint32_t{header[at + 1]} << 16U |
           std::uint32_t{header[at + 2]} << 8U | std::uint32_t{header[at + 3]};
  };
  const bool valid =
      std::string_view(reinterpret_cast<const char*>(header.data()), 15) == "SQLite format 3" &&
      number(24) == number(92);
  const std::uint32_t field = std::uint32_t{header[16]} << 8U | header[17];
  const std::uintmax_t page = field == 1 ? 65536 : field;
  const std::uintmax_t bytes = page * number(28);
  if (valid && there < bytes && !is_there(beside(path, "-journal")) &&
      !is_there(beside(path, "-wal")))
    fail_truncated(path, there, bytes);
}

/// What can be said before SQLite touches the file. False: there is no store yet.
bool check_file(const fs::path& path) {
  if (path.empty()) fail("the store", "its name is empty", "name a file: --store FILE");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return false;
  if (error) fail(path, error.message(), "check the path and its permissions");
  if (status.type() == fs::file_type::directory)
    fail(path, "a folder, not a store", "name a file in it");
  if (status.type() != fs::file_type::regular) fail(path, "not a regular file", "name a file");
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) fail(path, error.message(), "check the path and its permissions");
  // SQLite takes a single byte for an empty database and would overwrite it.
  if (size == 1) fail(path, "not a Cupel store", "name a file that 'cupel import --store' made");
  check_size(path, size);
  return size > 0;
}

/// The schema as SQLite keeps it, one statement after the other.
std::string schema_of(Database& database) {
  std::string all;
  Statement statement = database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2");
  for (bool more = statement.start(); more; more = statement.step())
    all += fmt::format("{} {} {}\n", statement.text(0), statement.text(1), statement.text(2));
  return all;
}

void apply(Database& database, Migrations migrations, std::int64_t from) {
  for (auto i = static_cast<std::size_t>(from); i < migrations.size(); ++i)
    database.run(std::string(migrations[i].second));
  database.run(fmt::format("PRAGMA user_version = {}", migrations.size()));
}

/// The schema of a new store of this version.
std::string expected_schema(Migrations migrations, std::int64_t version) {
  Database fresh("", Database::Mode::kMemory);
  apply(fresh, migrations.first(static_cast<std::size_t>(version)), 0);
  return schema_of(fresh);
}

/// Throws unless this is a whole store of a known version; that version.
std::int64_t recognise(Database& database, Migrations migrations) {
  const fs::path& path = database.path();
  if (database.integer("PRAGMA application_id") != kApplicationId) {
    fail(path, "another program's database, not a Cupel store",
         "name a file that 'cupel import --store' made");
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version > static_cast<std::int64_t>(migrations.size())) {
    fail(path,
         fmt::format("its schema is version {}; this program knows up to {}", version,
                     migrations.size()),
         "use the newer Cupel that wrote it");
  }
  const auto bytes = static_cast<std::uint64_t>(database.integer("PRAGMA page_count")) *
                     static_cast<std::uint64_t>(database.integer("PRAGMA page_size"));
  std::error_code error;
  const std::uintmax_t there = fs::file_size(path, error);
  // Another program may have switched a write-ahead log on: the last pages are in there, then.
  if (there < bytes && !is_there(beside(path, "-wal"))) {
    fail_truncated(path, there, bytes);
  }
  if (version < 1 || schema_of(database) != expected_schema(migrations, version)) {
    fail(path, fmt::format("its tables or triggers are not those of schema version {}", version),
         "somebody changed the schema; restore a copy, or import the prediction files into a new "
         "store");
  }
  return version;
}

void make_new(Database& database, Migrations migrations) {
  database.run("PRAGMA page_size = 8192");
  Transaction all(database);
  database.run(fmt::format("PRAGMA application_id = {}", kApplicationId));
  apply(database, migrations, 0);
  all.commit();
}

void migrate(Database& database, Migrations migrations, std::int64_t version) {
  const fs::path copy = fmt::format("{}.v{}", database.path().string(), version);
  if (!is_there(copy)) {
    // Whole under its name, or not there: a half copy would be taken for one the next time.
    const fs::path unfinished = copy.string() + ".part";
    std::error_code error;
    fs::remove(unfinished, error);
    database.prepare("VACUUM INTO ?").run(unfinished.string());
    fs::rename(unfinished, copy, error);
    if (error) fail(copy, error.message(), "the copy of the older store could not be made");
  }
  Transaction all(database);
  apply(database, migrations, version);
  if (database.prepare("PRAGMA foreign_key_check").start()) {
    fail(database.path(), "rows without what they refer to, so it stays at its older schema",
         "somebody changed the store; restore a copy");
  }
  all.commit();
}

}  // namespace

Migrations store_migrations() { return embedded_migrations(); }

WriterLock::WriterLock(const fs::path& store) : path_(beside(store, ".lock")) {
  for (;;) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
      fail(store, fmt::format("cannot be written: {}", std::generic_category().message(errno)),
           "its folder must exist and be writable: copy the store to a place that is");
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      std::array<char, 32> holder{};
      const ssize_t length = ::pread(file_, holder.data(), holder.size() - 1, 0);
      ::close(file_);
      fail(store,
           length > 0 ? fmt::format("process {} is writing to it", holder.data())
                      : "another process is writing to it",
           "wait until it is done, then run the same command again");
    }
    // The last holder may have removed the name between our open and our lock.
    struct stat ours{};
    struct stat named{};
    if (::fstat(file_, &ours) == 0 && ::stat(path_.c_str(), &named) == 0 &&
        ours.st_ino == named.st_ino)
      break;
    ::close(file_);
  }
  const std::string holder = fmt::format("{}", ::getpid());
  // Only for the message above: a disk too full for it is no reason to stop here.
  if (::ftruncate(file_, 0) == 0) [[maybe_unused]]
    const ssize_t written = ::pwrite(file_, holder.data(), holder.size(), 0);
}

WriterLock::~WriterLock() {
  ::unlink(path_.c_str());
  ::close(file_);
}

Database open_store_to_read(const fs::path& path, Migrations migrations) {
  if (check_file(path) && is_there(beside(path, "-journal"))) {
    // Whoever opens it to write rolls an interrupted transaction back; a running one is waited for.
    Database recovered(path, Database::Mode::kWrite);
    static_cast<void>(recovered.integer("SELECT count(*) FROM sqlite_schema"));
  }
  if (!check_file(path)) fail(path, "no such store", "'cupel import FILE --store STORE' makes one");
  Database database(path, Database::Mode::kRead);
  static_cast<void>(recognise(database, migrations));
  return database;
}

Database open_store_to_write(const fs::path& path, bool create, Migrations migrations) {
  const bool known = check_file(path);
  if (!known && !create) fail(path, "no such store", "'cupel import FILE --store STORE' makes one");
  Database database(path, create ? Database::Mode::kCreate : Database::Mode::kWrite);
  // EXTRA also makes the removal of the journal, which is the commit, survive a power cut.
  database.run("PRAGMA synchronous = EXTRA");
  // A store that was killed while it was made has nothing in it, or a journal that empties it.
  if (!known || database.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    if (known && database.integer("PRAGMA application_id") != 0) recognise(database, migrations);
    make_new(database, migrations);
    return database;
  }
  const std::int64_t version = recognise(database, migrations);
  if (version < static_cast<std::int64_t>(migrations.size()))
    migrate(database, migrations, version);
  return database;
}

}  // namespace cupel::results
