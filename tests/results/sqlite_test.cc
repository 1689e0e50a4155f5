#include "results/sqlite.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using namespace std::string_literals;
using Catch::Matchers::ContainsSubstring;
using results::Database;
using results::Statement;
using results::Transaction;

Database in_memory() { return {"", Database::Mode::kMemory}; }

template <typename Call>
std::string complaint(Code code, Call call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("texts, numbers, digests and nothing come back from a table as they were") {
  Database database = in_memory();
  database.run("CREATE TABLE t (a TEXT, b INTEGER, c REAL, d BLOB, e REAL) STRICT");
  Statement insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)");
  Statement select = database.prepare("SELECT a, b, c, d, e FROM t ORDER BY rowid DESC");
  Digest digest{};
  digest.fill(0xFE);
  const std::string text = "a\0\"'; \xE2\x84\x83"s;
  for (const double number : {0.1, -1e300, 5e-324, 1.0, 9007199254740993.0, 3e15, -7.0}) {
    insert.run(text, std::numeric_limits<std::int64_t>::min(), number, digest,
               std::optional<double>());
    REQUIRE(select.start());
    CHECK(select.text(0) == text);
    CHECK(select.integer(1) == std::numeric_limits<std::int64_t>::min());
    CHECK(std::bit_cast<std::uint64_t>(select.real(2)) == std::bit_cast<std::uint64_t>(number));
    CHECK(select.digest(3) == digest);
    CHECK(select.is_null(4));
    CHECK_FALSE(select.maybe_real(4));
    select.reset();
  }
}

TEST_CASE("an empty text is a text, and a digest of another size an integrity error") {
  Database database = in_memory();
  database.run("CREATE TABLE t (a TEXT NOT NULL, d BLOB NOT NULL) STRICT");
  database.prepare("INSERT INTO t VALUES (?, ?)").run(std::string_view(), results::Blob{"short"});
  Statement select = database.prepare("SELECT a, d FROM t");
  REQUIRE(select.start());
  CHECK_FALSE(select.is_null(0));
  CHECK(select.text(0).empty());
  CHECK_THAT(complaint(Code::kIntegrity, [&] { (void)select.digest(1); }),
             ContainsSubstring("a digest of another size"));
}

TEST_CASE("SQLite keeps no sign of zero and no NaN, which is why blocks are blobs") {
  Database database = in_memory();
  database.run("CREATE TABLE t (r REAL) STRICT");
  database.prepare("INSERT INTO t VALUES (?)").run(-0.0);
  database.prepare("INSERT INTO t VALUES (?)").run(std::nan(""));
  Statement select = database.prepare("SELECT r FROM t");
  REQUIRE(select.start());
  CHECK_FALSE(std::signbit(select.real(0)));
  REQUIRE(select.step());
  CHECK(select.is_null(0));
}

TEST_CASE("what a transaction did is undone unless it was committed") {
  Database database = in_memory();
  database.run("CREATE TABLE t (a INTEGER)");
  {
    const Transaction lost(database);
    database.run("INSERT INTO t VALUES (1)");
  }
  CHECK(database.integer("SELECT count(*) FROM t") == 0);
  {
    Transaction kept(database);
    database.run("INSERT INTO t VALUES (1)");
    kept.commit();
  }
  CHECK(database.integer("SELECT count(*) FROM t") == 1);
  CHECK_THROWS_AS(
      [&] {
        const Transaction broken(database);
        database.run("INSERT INTO t VALUES (2)");
        database.run("INSERT INTO nowhere VALUES (3)");
      }(),
      Error);
  CHECK(database.integer("SELECT count(*) FROM t") == 1);
}

TEST_CASE("a refused fact names the constraint, and the statement can be used again") {
  Database database = in_memory();
  database.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER REFERENCES t)");
  Statement insert = database.prepare("INSERT INTO t VALUES (?, ?)");
  insert.run(1, 1);
  CHECK_THAT(complaint(Code::kStore, [&] { insert.run(1, 1); }), ContainsSubstring("UNIQUE"));
  CHECK_THAT(complaint(Code::kStore, [&] { insert.run(2, 9); }), ContainsSubstring("FOREIGN KEY"));
  insert.run(2, 1);
  CHECK(database.integer("SELECT count(*) FROM t") == 2);
  CHECK_THAT(complaint(Code::kStore, [&] { database.run("SELECT * FROM nowhere"); }),
             ContainsSubstring("no such table: nowhere"));
}

TEST_CASE("a name is a file's, whatever SQLite would read into it") {
  const test::TempDir dir;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(dir / ".");
  for (const char* name : {":memory:", "file:x?mode=memory", "file:y", "a b?c#d%41"}) {
    Database database(name, Database::Mode::kCreate);
    database.run("CREATE TABLE t (a INTEGER)");
    CHECK(std::filesystem::is_regular_file(dir / name));
  }
  std::filesystem::current_path(before);
}

TEST_CASE("a file that cannot be opened says why") {
  const test::TempDir dir;
  CHECK_THAT(complaint(Code::kStore, [&] { Database(dir / "none", Database::Mode::kRead); }),
             ContainsSubstring("none: cannot be opened"));
  test::write_bytes(dir / "text", std::string(5000, 'x'));
  CHECK_THAT(complaint(Code::kStore,
                       [&] {
                         Database text(dir / "text", Database::Mode::kRead);
                         (void)text.integer("PRAGMA user_version");
                       }),
             ContainsSubstring("text: not a Cupel store"));
}

TEST_CASE("a connection that only reads changes nothing") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "a.db", "CREATE TABLE t (a)").empty());
  Database database(dir / "a.db", Database::Mode::kRead);
  CHECK_THAT(complaint(Code::kStore, [&] { database.run("INSERT INTO t VALUES (1)"); }),
             ContainsSubstring("cannot be written"));
}
