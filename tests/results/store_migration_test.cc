// Schemas of earlier versions: brought to the newest, and one store of each kept for ever.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
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

/// The versions as they are, then some that only these tests know.
Scripts newer(std::initializer_list<std::string_view> scripts) {
  Scripts all(results::store_migrations().begin(), results::store_migrations().end());
  for (const std::string_view script : scripts) all.emplace_back("synthetic", script);
  return all;
}

constexpr std::string_view kAddNote =
    "CREATE TABLE note (run_id INTEGER PRIMARY KEY REFERENCES run, text TEXT NOT NULL) STRICT;"
    "INSERT INTO note SELECT id, 'from before' FROM run;";
/// The newest real version.
constexpr std::int64_t kReal = 4;
std::string copy_of(const std::string& store, std::int64_t version) {
  return fmt::format("{}.v{}", store, version);
}

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

constexpr std::string_view kPlanOfVersion2 = "08572da5c746";
constexpr std::string_view kContentOfVersion2 =
    "f1386a4df16a647262b6876bf5ce527fb8695f48892646add5ba2ac6defea828";

/// What stood in store_v1.sql from the beginning.
void check_version_1(const fs::path& path) {
  CHECK(test::complaints(path).empty());
  results::Store store(path);
  CHECK(store.plans().empty());
  CHECK(store.failures().empty());
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

/// What stood in store_v2.sql from the beginning.
void check_version_2(const fs::path& path) {
  CHECK(test::complaints(path).empty());
  results::Store store(path);
  REQUIRE(store.plans().size() == 2);
  const results::StoredPlan plan = store.find_plan("sweep");
  CHECK(plan.id() == kPlanOfVersion2);
  CHECK(plan.made_at == "2025-01-02T03:04:05Z");
  REQUIRE(plan.cells.size() == 4);
  CHECK(plan.cells[0].cell.digest() == store.runs().front().digest);
  CHECK(plan.cells[0].cell.digest() == plan.cells[1].cell.digest());
  CHECK(plan.cells[1].cell.model == "the same, \xE2\x84\x83");
  CHECK(plan.cells[2].cell.seed == -3);
  CHECK(plan.cells[3].reason == "cannot caption");
  REQUIRE(store.failures().size() == 1);
  CHECK(store.failures().front().cell == plan.cells[2].cell.digest());
  CHECK(store.failures().front().what == "out of memory");
  const auto overlaps = store.overlaps(store.runs().front().examples);
  REQUIRE(overlaps.size() == 1);
  CHECK(overlaps.front().kind == "skeleton");
  CHECK(overlaps.front().seen == std::vector<bool>{false, true, true, false, false});
  CHECK(to_hex(store.content_digest()) == kContentOfVersion2);
  CHECK(store.stages().empty());
  CHECK_FALSE(store.stage(Digest{}));
}

void check_version_3(const fs::path& path) {
  results::StoreWriter store(path, false, "{}");
  results::Transaction all(store.database());
  const auto stage = store.put_stage({.config = "{}",
                                      .objective = "pretraining",
                                      .dataset = "set",
                                      .seed = {},
                                      .parent = {},
                                      .environment = {},
                                      .made_at = {}});
  store.add_point(stage, "loss", {.step = 1, .value = 2.0});
  all.commit();
  CHECK(store.curve(store.stages().at(0), "loss").size() == 1);
}

/// What stood in store_v3.sql from the beginning.
void check_stages_of_version_3(const fs::path& path) {
  CHECK(test::complaints(path).empty());
  results::Store store(path);
  const auto stages = store.stages();
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].ends.at(0).seconds == 2.5);
  CHECK(stages[1].parent == stages[0].digest());
  CHECK(store.curve(stages[1], "loss") ==
        std::vector<results::CurvePoint>{{.step = 7, .value = 0.25}});
  CHECK(to_hex(store.content_digest()) == kContentOfVersion2);  // stages are in no digest
  CHECK(store.annotations().empty());
}

void check_version_4(const fs::path& path) {
  results::StoreWriter store(path, false, "{}");
  results::Transaction all(store.database());
  const results::Run run = store.runs().front();
  CHECK(store.put_annotation({.cell = run.digest,
                              .predictions = *run.predictions,
                              .metric = "bleu",
                              .reason = "meant",
                              .reviewer = {},
                              .environment = {},
                              .made_at = {}}));
  all.commit();
  CHECK(store.annotations().size() == 1);
  CHECK(to_hex(store.content_digest()) == kContentOfVersion2);
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
    CHECK(step.integer("SELECT count(*) FROM note WHERE text = 'from before'") == 1);
  }
  CHECK(version_of(dir / "s.db", two) == kReal + 1);
  CHECK_THAT(
      refusal(dir / "s.db"),
      ContainsSubstring(fmt::format("version {}; this program knows up to {}", kReal + 1, kReal)));
  CHECK(test::content_digest(dir / copy_of("s.db", kReal)) == digest);
  (void)results::open_store_to_write(dir / "s.db", false, three);
  CHECK(version_of(dir / "s.db", three) == kReal + 2);
  CHECK(version_of(dir / copy_of("s.db", kReal + 1), two) == kReal + 1);
  (void)results::open_store_to_write(dir / "jump.db", false, three);
  CHECK(version_of(dir / "jump.db", three) == kReal + 2);
  CHECK(names_beside(dir / "s.db") == std::vector<std::string>{"jump.db", copy_of("jump.db", kReal),
                                                               "s.db", copy_of("s.db", kReal),
                                                               copy_of("s.db", kReal + 1)});

  const std::string settled = test::bytes_of(dir / "s.db");
  fs::remove(dir / copy_of("s.db", kReal + 1));
  (void)results::open_store_to_write(dir / "s.db", false, three);
  CHECK((test::bytes_of(dir / "s.db") == settled));
  CHECK_FALSE(fs::exists(dir / copy_of("s.db", kReal + 1)));
  CHECK(
      results::open_store_to_write(dir / "fresh.db", true, three).integer("PRAGMA user_version") ==
      kReal + 2);
  CHECK_FALSE(fs::exists(dir / "fresh.db.v1"));
}

TEST_CASE("an older schema can be read without being changed") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  const std::string before = test::bytes_of(dir / "s.db");
  CHECK(version_of(dir / "s.db", newer({kAddNote})) == kReal);
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
    CHECK(version_of(dir / "s.db", results::store_migrations()) == kReal);
    CHECK(test::complaints(dir / "s.db").empty());
  }
  (void)results::open_store_to_write(dir / "s.db", false, newer({kAddNote}));
  CHECK(version_of(dir / "s.db", newer({kAddNote})) == kReal + 1);
}

TEST_CASE("a copy that was interrupted is made again, and a whole one is kept") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 50, 1);
  const Digest digest = test::content_digest(dir / "s.db");
  fs::copy_file(dir / "s.db", dir / "again.db");
  test::write_bytes(dir / (copy_of("s.db", kReal) + ".part"), "half of a copy");
  (void)results::open_store_to_write(dir / "s.db", false, newer({kAddNote}));
  CHECK(test::content_digest(dir / copy_of("s.db", kReal)) == digest);
  CHECK_FALSE(fs::exists(dir / (copy_of("s.db", kReal) + ".part")));

  test::write_bytes(dir / copy_of("again.db", kReal), "somebody's");
  (void)results::open_store_to_write(dir / "again.db", false, newer({kAddNote}));
  CHECK((test::bytes_of(dir / copy_of("again.db", kReal)) == "somebody's"));
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
  CHECK(names_beside(dir / "s.db") == std::vector<std::string>{"s.db", copy_of("s.db", kReal)});
}

TEST_CASE("a store of version 1 made long ago opens, reads and has the digest that it had") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "s.db", test::bytes_of(test::data("store_v1.sql"))).empty());
  check_version_1(dir / "s.db");
  CHECK(version_of(dir / "s.db", results::store_migrations()) == 1);
  {
    const results::StoreWriter newest(dir / "s.db", false, "{}");
  }
  check_version_1(dir / "s.db");
  CHECK(version_of(dir / "s.db", results::store_migrations()) == kReal);
  check_version_1(dir / "s.db.v1");
  test::plan_in(dir / "s.db", {.name = "empty", .manifest = "{}"});
  CHECK(results::Store(dir / "s.db").find_plan("empty").cells.empty());
}

// Made, with its digests, by tests/oracle/store_golden.py, which shares no code with Cupel.
TEST_CASE("a store of version 2 made long ago opens, reads and has the digest that it had") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "s.db", test::bytes_of(test::data("store_v2.sql"))).empty());
  check_version_2(dir / "s.db");
  CHECK(version_of(dir / "s.db", results::store_migrations()) == 2);
  {
    const results::StoreWriter newest(dir / "s.db", false, "{}");
  }
  CHECK(version_of(dir / "s.db", results::store_migrations()) == kReal);
  check_version_2(dir / "s.db");
  check_version_2(dir / "s.db.v2");
  check_version_3(dir / "s.db");
}

// By the same script.
TEST_CASE("a store of version 3 made long ago opens, reads and has the digest that it had") {
  const test::TempDir dir;
  REQUIRE(test::foreign_sql(dir / "s.db", test::bytes_of(test::data("store_v3.sql"))).empty());
  check_stages_of_version_3(dir / "s.db");
  CHECK(version_of(dir / "s.db", results::store_migrations()) == 3);
  {
    const results::StoreWriter newest(dir / "s.db", false, "{}");
  }
  CHECK(version_of(dir / "s.db", results::store_migrations()) == kReal);
  check_stages_of_version_3(dir / "s.db");
  check_stages_of_version_3(dir / "s.db.v3");
  check_version_4(dir / "s.db");
}
