#include "results/sqlite.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <sqlite3.h>

#include "harness/core/error.h"

namespace cupel::results {
namespace {

constexpr int kWaitMilliseconds = 5'000;

struct Trouble {
  std::string what;
  std::string remedy;
};

/// What a result code means to somebody who wants his results.
Trouble explain(int code, const char* message) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"locked by another program",
              "wait until that program is done, then run the same command again"};
    case SQLITE_FULL:
      return {"the disk is full",
              "free some space, then run the same command again; what was stored is kept"};
    case SQLITE_READONLY:
      return {"cannot be written",
              "its folder must be writable too: copy the store to a place that is"};
    case SQLITE_CANTOPEN:
      return {"cannot be opened", "check the path and the permissions of the file and its folder"};
    case SQLITE_CORRUPT:
      return {"the file is damaged",
              "restore a copy, or import the prediction files into a new store"};
    case SQLITE_NOTADB:
      return {"not a Cupel store", "name a file that 'cupel import --store' made"};
    case SQLITE_IOERR:
      return {"the disk refused to read or write",
              "check the disk (full? unplugged? too large a file?), then run the same command "
              "again; what was stored is kept"};
    case SQLITE_CONSTRAINT:
      return {std::string("refused: ") + message, "facts in a store are only ever added"};
    default:
      return {std::string("SQLite says: ") + message, "run: cupel doctor --store FILE"};
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path) {
  sqlite3* handle = nullptr;
  const int access = mode == Mode::kRead    ? SQLITE_OPEN_READONLY
                     : mode == Mode::kWrite ? SQLITE_OPEN_READWRITE
                                            : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // SQLite gives relative names like ":memory:" and "file:x?mode=memory" a meaning of their own,
  // and what is stored there would be lost without a word.
  const std::filesystem::path name =
      mode == Mode::kMemory ? std::filesystem::path(":memory:") : std::filesystem::absolute(path);
  const int code = sqlite3_open_v2(name.c_str(), &handle,
                                   access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) {
    const Trouble trouble = explain(code, sqlite3_errstr(code));
    throw Error(Code::kStore, path.string() + ": " + trouble.what, trouble.remedy);
  }
  sqlite3_busy_timeout(handle, kWaitMilliseconds);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  run("PRAGMA trusted_schema = OFF");
  run("PRAGMA cell_size_check = ON");
  run("PRAGMA foreign_keys = ON");
  run("PRAGMA recursive_triggers = ON");
}

void Database::fail() const {
  const Trouble trouble =
      explain(sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get()));
  throw Error(Code::kStore, path_.string() + ": " + trouble.what, trouble.remedy);
}

void Database::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement,
                         nullptr) != SQLITE_OK)
    fail();
  return {*this, statement};
}

std::int64_t Database::integer(std::string_view sql) {
  Statement statement = prepare(sql);
  statement.start();
  return statement.integer(0);
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail();
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail();
  return false;
}

void Statement::reset() {
  // The error of the last step, if any, was thrown by it.
  sqlite3_reset(statement_.get());
}

void Statement::bind(int at, std::int64_t number) {
  check(sqlite3_bind_int64(statement_.get(), at + 1, number));
}

void Statement::bind(int at, double number) {
  check(sqlite3_bind_double(statement_.get(), at + 1, number));
}

void Statement::bind(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), at + 1, text.data() == nullptr ? "" : text.data(),
                            text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int at, const Blob& blob) {
  check(sqlite3_bind_blob64(statement_.get(), at + 1, blob.bytes.data(), blob.bytes.size(),
                            SQLITE_STATIC));
}

void Statement::bind_nothing(int at) { check(sqlite3_bind_null(statement_.get(), at + 1)); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  const double number = sqlite3_column_double(statement_.get(), column);
  if (!std::isfinite(number)) {
    throw Error(Code::kIntegrity, database_->path().string() + ": an infinite number",
                "somebody changed the store; restore a copy, or import into a new store");
  }
  return number;
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Digest Statement::digest(int column) const {
  const std::string_view bytes = blob(column);
  Digest digest{};
  if (bytes.size() != digest.size()) {
    throw Error(Code::kIntegrity, database_->path().string() + ": a digest of another size",
                "run: cupel doctor --store FILE");
  }
  std::ranges::copy(bytes, reinterpret_cast<char*>(digest.data()));
  return digest;
}

std::optional<double> Statement::maybe_real(int column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

std::string sqlite_version() { return sqlite3_libversion(); }

// IMMEDIATE: a transaction that reads first and wants to write later can fail in a way that no
// waiting cures.
Transaction::Transaction(Database& database) : database_(database) {
  database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): SQLite has rolled back by itself
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace cupel::results
