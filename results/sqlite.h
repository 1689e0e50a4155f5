/// SQLite as the store uses it: prepared statements, values that clean up after themselves, and
/// errors that name the file and the remedy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/digest.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cupel::results {

class Statement;

/// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

/// One connection. All errors are thrown as Error{kStore}. Not thread-safe.
class Database {
 public:
  enum class Mode : std::uint8_t { kRead, kWrite, kCreate, kMemory };
  /// `path` is a name of a file whatever it looks like (":memory:" and "file:x" too), except that
  /// kMemory opens none.
  /// Untrusted schemas cannot call functions with side effects; foreign keys are enforced; waits up
  /// to five seconds for other writers.
  Database(const std::filesystem::path& path, Mode mode);

  /// Runs statements that return nothing.
  void run(const std::string& sql);
  [[nodiscard]] Statement prepare(std::string_view sql);
  /// The first column of the first row of a query that has one.
  [[nodiscard]] std::int64_t integer(std::string_view sql);
  /// The id of the last inserted row.
  [[nodiscard]] std::int64_t last_id() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  friend class Statement;
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement; it must not outlive its database. Parameters and columns count from 0.
class Statement {
 public:
  /// Binds all parameters in order, then runs to the first row: false when there is none.
  /// Texts must live until the next call.
  template <typename... Values>
  bool start(const Values&... values) {
    reset();
    int at = 0;  // NOLINT(misc-const-correctness): constant when there are no values
    (bind(at++, values), ...);
    return step();
  }
  /// For a statement without rows.
  template <typename... Values>
  void run(const Values&... values) {
    start(values...);
    reset();
  }
  /// The next row: false when there is none.
  bool step();
  /// Ends the reading of rows, which would otherwise keep the database locked.
  void reset();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  /// Throws Error{kIntegrity} for infinity; SQLite has no NaN.
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  ///< until the next step
  [[nodiscard]] std::string_view blob(int column) const;  ///< until the next step
  /// Throws Error{kIntegrity} when the column has not the size of a digest.
  [[nodiscard]] Digest digest(int column) const;
  [[nodiscard]] std::optional<double> maybe_real(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement) {}

  void bind(int at, std::int64_t number);
  void bind(int at, std::size_t number) { bind(at, static_cast<std::int64_t>(number)); }
  void bind(int at, int number) { bind(at, std::int64_t{number}); }
  void bind(int at, double number);
  void bind(int at, std::string_view text);
  void bind(int at, const std::string& text) { bind(at, std::string_view(text)); }
  void bind(int at, const char* text) { bind(at, std::string_view(text)); }
  void bind(int at, const Blob& blob);
  void bind(int at, const Digest& digest) {
    bind(at, Blob{{reinterpret_cast<const char*>(digest.data()), digest.size()}});
  }
  template <typename T>
  void bind(int at, const std::optional<T>& value) {
    if (value)
      bind(at, *value);
    else
      bind_nothing(at);
  }
  void bind_nothing(int at);
  void check(int code) const;

  Database* database_;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// "3.46.1"
[[nodiscard]] std::string sqlite_version();

/// Everything between construction and commit() happens, or nothing of it.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace cupel::results
