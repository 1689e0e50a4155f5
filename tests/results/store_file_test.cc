#include "results/store_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using results::Database;
using results::WriterLock;

template <typename Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.code() == Code::kStore);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "accepted";
}

std::string refusal(const fs::path& store) {
  return complaint([&] { (void)results::open_store_to_read(store); });
}

/// Files of the folder of `store`, by name.
std::vector<std::string> names_beside(const fs::path& store) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(store.parent_path()))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("a new store has Cupel's application id, version and page size") {
  const test::TempDir dir;
  for (const char* name : {"new.db", "empty.db"}) {
    if (std::string(name) == "empty.db") test::write_bytes(dir / name, "");
    Database store = results::open_store_to_write(dir / name, true);
    CHECK(store.integer("PRAGMA application_id") == results::kApplicationId);
    CHECK(store.integer("PRAGMA user_version") == 4);
    CHECK(store.integer("PRAGMA page_size") == 8192);
    CHECK(store.integer("PRAGMA synchronous") == 3);
  }
  CHECK((test::bytes_of(dir / "new.db").substr(68, 4) == "CUPL"));
  CHECK(test::complaints(dir / "new.db").empty());
}

TEST_CASE("only one holds the lock of a store, also under another name of the same file") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 3, 1);
  fs::create_directory(dir / "other");
  fs::create_symlink(dir / "s.db", dir / "other/link.db");
  const auto lock = [&](const char* name) {
    return complaint([&] { const WriterLock second(dir / name); });
  };
  {
    const WriterLock first(dir / "s.db");
    const std::string holder = fmt::format("process {} is writing to it", ::getpid());
    CHECK_THAT(lock("s.db"), ContainsSubstring(holder));
    CHECK_THAT(lock("other/../s.db"), ContainsSubstring(holder));
    CHECK_THAT(lock("other/link.db"), ContainsSubstring(holder));
    CHECK(lock("t.db") == "accepted");
    CHECK(names_beside(dir / "s.db") == std::vector<std::string>{"other", "s.db", "s.db.lock"});
  }
  CHECK(names_beside(dir / "s.db") == std::vector<std::string>{"other", "s.db"});
  test::write_bytes(dir / "s.db.lock", "123456");  // its holder was killed
  CHECK(lock("s.db") == "accepted");
  CHECK_THAT(lock("nowhere/s.db"), ContainsSubstring("cannot be written: No such file"));
}

TEST_CASE("what is no store is refused with its reason and left as it was") {
  const test::TempDir dir;
  fs::create_directory(dir / "folder");
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  test::write_bytes(dir / "text", "description\tground truth\toutput\n");
  test::write_bytes(dir / "long", std::string(100'000, 'x'));
  REQUIRE(test::foreign_sql(dir / "other.db", "CREATE TABLE t (a)").empty());
  REQUIRE(
      test::foreign_sql(dir / "id.db", "PRAGMA application_id = 7; CREATE TABLE t (a)").empty());
  const std::array<std::array<std::string, 2>, 7> cases = {{
      {"folder", "a folder, not a store"},
      {"pipe", "not a regular file"},
      {"text", "not a Cupel store"},
      {"long", "not a Cupel store"},
      {"other.db", "another program's database, not a Cupel store"},
      {"id.db", "another program's database, not a Cupel store"},
      {"text/below", ""},
  }};
  for (const auto& [name, expected] : cases) {
    INFO(name);
    const bool regular = fs::is_regular_file(dir / name);
    const std::string before = regular ? test::bytes_of(dir / name) : "";
    CHECK_THAT(refusal(dir / name), ContainsSubstring(expected));
    CHECK_THAT(complaint([&] { (void)results::open_store_to_write(dir / name, true); }),
               ContainsSubstring(expected));
    if (regular) CHECK((test::bytes_of(dir / name) == before));
  }
  CHECK_THAT(refusal("/dev/null"), ContainsSubstring("not a regular file"));
  CHECK_THAT(refusal(""), ContainsSubstring("its name is empty"));
  CHECK_THAT(refusal(dir / std::string(300, 'x')), ContainsSubstring("File name too long"));
  for (const char* name : {"missing.db", "empty.db"}) {
    if (std::string(name) == "empty.db") test::write_bytes(dir / name, "");
    CHECK_THAT(refusal(dir / name), ContainsSubstring("no such store"));
    CHECK_THAT(complaint([&] { (void)results::open_store_to_write(dir / name, false); }),
               ContainsSubstring("no such store"));
  }
  CHECK_FALSE(fs::exists(dir / "missing.db"));
}

TEST_CASE("a store whose schema is newer or was tampered with is refused, for writing too") {
  const test::TempDir dir;
  test::import_into(dir / "whole.db", 20, 1);
  const std::array<std::array<std::string, 2>, 6> cases = {{
      {"PRAGMA user_version = 99", "its schema is version 99; this program knows up to 4"},
      {"PRAGMA user_version = 0", "not those of schema version 0"},
      {"PRAGMA user_version = -1", "not those of schema version -1"},
      {"DROP TRIGGER score_not_changed", "not those of schema version 4"},
      {"CREATE TABLE extra (a)", "not those of schema version 4"},
      {"PRAGMA application_id = 1", "another program's database"},
  }};
  for (const auto& [tampering, expected] : cases) {
    INFO(tampering);
    fs::copy_file(dir / "whole.db", dir / "s.db", fs::copy_options::overwrite_existing);
    REQUIRE(test::foreign_sql(dir / "s.db", tampering).empty());
    const std::string before = test::bytes_of(dir / "s.db");
    CHECK_THAT(refusal(dir / "s.db"), ContainsSubstring(expected));
    CHECK_THAT(complaint([&] { test::import_into(dir / "s.db", 30, 2); }),
               ContainsSubstring(expected));
    CHECK((test::bytes_of(dir / "s.db") == before));
  }
}

TEST_CASE("a store cut anywhere is refused, or was cut to nothing") {
  const test::TempDir dir;
  test::import_into(dir / "whole.db", 400, 1);
  const auto size = fs::file_size(dir / "whole.db");
  REQUIRE(size % 8192 == 0);
  std::vector<std::uintmax_t> cuts = {1, 15, 99, 100, 4096, size - 1};
  for (std::uintmax_t at = 8192; at < size; at += 8192) cuts.push_back(at);
  for (std::uintmax_t at = 8192 + 77; at < size; at += 24'576) cuts.push_back(at);
  for (const std::uintmax_t cut : cuts) {
    INFO(cut);
    fs::copy_file(dir / "whole.db", dir / "s.db", fs::copy_options::overwrite_existing);
    fs::resize_file(dir / "s.db", cut);
    const std::string before = test::bytes_of(dir / "s.db");
    CHECK(refusal(dir / "s.db") != "accepted");
    CHECK(complaint([&] { test::import_into(dir / "s.db", 30, 2); }) != "accepted");
    CHECK((test::bytes_of(dir / "s.db") == before));
  }
}

TEST_CASE("a store is read through a link although its journal lies beside the file itself") {
  const test::TempDir dir;
  fs::create_directory(dir / "other");
  test::import_into(dir / "s.db", 20, 1);
  const Digest digest = test::content_digest(dir / "s.db");
  fs::create_symlink(dir / "s.db", dir / "other/link.db");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // dies in a transaction of which a part stands in the file already
    Database writing(dir / "s.db", Database::Mode::kWrite);
    writing.run("PRAGMA cache_size = 1");
    writing.run("BEGIN IMMEDIATE");
    for (int i = 0; i < 50; ++i) {
      writing.prepare("INSERT INTO environment (facts) VALUES (?)")
          .run(fmt::format("[{}, \"{}\"]", i, std::string(5000, 'x')));
    }
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(fs::exists(dir / "s.db-journal"));
  CHECK(test::content_digest(dir / "other/link.db") == digest);
  CHECK_FALSE(fs::exists(dir / "s.db-journal"));
  CHECK(test::complaints(dir / "s.db").empty());
}

TEST_CASE("a write-ahead log that another program switched on does not make a store unreadable") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 20, 1);
  const Digest digest = test::content_digest(dir / "s.db");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // dies with committed pages in the log that the file has not yet
    Database writing(dir / "s.db", Database::Mode::kWrite);
    writing.run("PRAGMA wal_autocheckpoint = 0");
    writing.run("PRAGMA journal_mode = WAL");
    for (int i = 0; i < 20; ++i) {
      writing.prepare("INSERT INTO environment (facts) VALUES (?)")
          .run(fmt::format("[{}, \"{}\"]", i, std::string(9000, 'x')));
    }
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(test::content_digest(dir / "s.db") == digest);
  test::import_into(dir / "s.db", 30, 2);
  CHECK(test::complaints(dir / "s.db").empty());
}
