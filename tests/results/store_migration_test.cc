// Schemas of earlier versions: brought to the newest, and one of version 1 kept for ever.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "results/store.h"
#include "results/store_file.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using results::Database;
using results::Migrations;
using results::WriterLock;
using Scripts = std::vector<std::pair<std::string_view, std::string_view>>;

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

/// Version 1 as it is, then versions that only these tests know.
Scripts newer(std::initializer_list<std::string_view> scripts) {
  Scripts all(results::store_migrations().begin(), results::store_migrations().end());
  for (const std::string_view script : scripts) all.emplace_back("synthetic", script);
  return all;
}

constexpr std::string_view kAddNote =
    "CREATE TABLE note (run_id INTEGER PRIMARY KEY REFERENCES run, text TEXT NOT NULL) STRICT;"
    "INSERT INTO note SELECT id, 'from version 1' FROM run;";
constexpr std::string_view kAddIndex = "CREATE INDEX run_of_set ON run (set_id);";

std::int64_t version_of(const fs::path& store, Migrations migrations) {
  return results::open_store_to_read(store, migrations).integer("PRAGMA user_version");
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

TEST_CASE("every earlier version becomes the newest, once, with a copy of it beside it") {
  const test::TempDir dir;
  const Scripts two = newer({kAddNote});
  const Scripts three = newer({kAddNote, kAddIndex});
  test::import_into(dir / "s.db", 50, 1);
  const Digest digest = test::content_digest(dir / "s.db");
  fs::copy_file(dir / "s.db", dir / "jump.db");
  {
    Database step = results::open_store_to_write(dir / "s.db", false, two);
    CHECK(step.integer("SELECT count(*) FROM note WHERE text = 'from version 1'") == 1);
  }
  CHECK(version_of(dir / "s.db", two) == 2);
  CHECK_THAT(refusal(dir / "s.db"), ContainsSubstring("version 2; this program knows up to 1"));
  CHECK(test::content_digest(dir / "s.db.v1") == digest);
  (void)results::open_store_to_write(dir / "s.db", false, three);
  CHECK(version_of(dir / "s.db", three) == 3);
  CHECK(version_of(dir / "s.db.v2", two) == 2);
  (void)results::open_store_to_write(dir / "jump.db", false, three);
  CHECK(version_of(dir / "jump.db", three) == 3);
  CHECK(names_beside(dir / "s.db") ==
        std::vector<std::string>{"jump.db", "jump.db.v1", "s.db", "s.db.v1", "s.db.v2"});

  const std::string settled = test::bytes_of(dir / "s.db");
  fs::remove(dir / "s.db.v2");
  (void)results::open_store_to_write(dir / "s.db", false, three);
  CHECK((test::bytes_of(dir / "s.db") == settled));
  CHECK_FALSE(fs::exists(dir / "s.db.v2"));
  CHECK(
      results::open_store_to_write(dir / "fresh.db", true, three).integer("PRAGMA user_version") ==
      3);
  CHECK_FALSE(fs::exists(dir / "fresh.db.v1"));
}

TEST_CASE("an older schema can be read without being changed") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  const std::string before = test::bytes_of(dir / "s.db");
  CHECK(version_of(dir / "s.db", newer({kAddNote})) == 1);
  CHECK((test::bytes_of(dir / "s.db") == before));
}

TEST_CASE("a migration that fails leaves the older store as it was") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  const std::string before = test::bytes_of(dir / "s.db");
  // Stops in the middle; and: leaves a row that refers to nothing, which is checked last.
  for (const std::string_view failing :
       {std::string_view("CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);"),
        std::string_view("CREATE TABLE child (run_id INTEGER REFERENCES run"
                         " DEFERRABLE INITIALLY DEFERRED); INSERT INTO child VALUES (77);")}) {
    const Scripts two = newer({failing});
    CHECK(complaint([&] { (void)results::open_store_to_write(dir / "s.db", false, two); }) !=
          "accepted");
    CHECK((test::bytes_of(dir / "s.db").substr(100) == before.substr(100)));
    CHECK(version_of(dir / "s.db", results::store_migrations()) == 1);
    CHECK(test::complaints(dir / "s.db").empty());
  }
  (void)results::open_store_to_write(dir / "s.db", false, newer({kAddNote}));
  CHECK(version_of(dir / "s.db", newer({kAddNote})) == 2);
}

TEST_CASE("a copy that was interrupted is made again, and a whole one is kept") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  const Digest digest = test::content_digest(dir / "s.db");
  fs::copy_file(dir / "s.db", dir / "again.db");
  test::write_bytes(dir / "s.db.v1.part", "half of a copy");
  (void)results::open_store_to_write(dir / "s.db", false, newer({kAddNote}));
  CHECK(test::content_digest(dir / "s.db.v1") == digest);
  CHECK_FALSE(fs::exists(dir / "s.db.v1.part"));

  test::write_bytes(dir / "again.db.v1", "somebody's");
  (void)results::open_store_to_write(dir / "again.db", false, newer({kAddNote}));
  CHECK((test::bytes_of(dir / "again.db.v1") == "somebody's"));
}

TEST_CASE("processes that open an old store at once end with the newest") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 2000, 1);
  const Scripts two = newer({kAddNote});
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    for (int attempt = 0; attempt < 2000; ++attempt) {
      try {
        {
          const WriterLock lock(dir / "s.db");
          (void)results::open_store_to_write(dir / "s.db", false, two);
        }
        ::_exit(0);
      } catch (const Error& error) {
        if (std::string(error.what()).find("is writing to it") == std::string::npos) ::_exit(1);
        ::usleep(2000);
      }
    }
    ::_exit(2);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  Database migrated = results::open_store_to_read(dir / "s.db", two);
  CHECK(migrated.integer("SELECT count(*) FROM note") == 1);
  CHECK(names_beside(dir / "s.db") == std::vector<std::string>{"s.db", "s.db.v1"});
}

TEST_CASE("a store of version 1 made long ago opens, reads and has the digest that it had") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "s.db", test::bytes_of(test::data("store_v1.sql"))).empty());
  CHECK(test::complaints(dir / "s.db").empty());
  results::Store store(dir / "s.db");
  const auto runs = store.runs();
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].id() == "365357f289d9");
  CHECK(runs[1].cell.model == "late");
  CHECK(runs[1].complete());
  CHECK(runs[2].stored == 1);
  CHECK_FALSE(runs[2].complete());
  CHECK(store.rows(runs[0], 1, 1).front().input == "three carbons \xE2\x84\x83");
  const auto protocol = store.protocols().front();
  for (const results::Run& run : store.runs()) {
    for (const auto& one : store.measurements(run)) {
      CHECK(results::score_digest(run, protocol, one, store.statistics(run, one), *one.score) ==
            one.digest);
    }
  }
  CHECK(store.measurements(runs[0]).front().score->value == 0.8);
  // Also computed by an independent program from the rows alone.
  CHECK(to_hex(store.content_digest()) ==
        "8aed267f949b360f3351ab9d2dcc2749d04bb66cbf6560ad0c85e321e3151cf2");
}
