#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/store_check.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using results::CurvePoint;
using results::StageEnd;
using results::StoredStage;
using results::StoreWriter;
using results::Transaction;

constexpr const char* kHere = R"({"cupel":"here"})";

StoredStage stage(const std::string& config, std::optional<Digest> parent = {}) {
  return {.config = config,
          .objective = "pretraining",
          .dataset = "set",
          .seed = -3,
          .parent = parent,
          .environment = {},
          .made_at = {}};
}

/// A chain of two stages with an end and curves.
void fill(const std::filesystem::path& path) {
  StoreWriter store(path, true, kHere);
  Transaction all(store.database());
  const StoredStage first = store.put_stage(stage("{\"n\":1}"));
  const StoredStage second = store.put_stage(stage("{\"n\":2}", first.digest()));
  store.end_stage(first, {.artifact = first.digest(), .seconds = 2.5, .ended_at = "2025"});
  store.add_point(second, "loss", {.step = 0, .value = 1.0});
  store.add_point(second, "loss", {.step = 7, .value = 0.25});
  store.add_point(second, "a", {.step = 3, .value = -1e300});
  all.commit();
}

}  // namespace

TEST_CASE("stages, their ends and their curves are read as they were stored") {
  const test::TempDir dir;
  fill(dir / "s.db");
  results::Store store(dir / "s.db");
  const auto stages = store.stages();
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].objective == "pretraining");
  CHECK(stages[0].dataset == "set");
  CHECK(stages[0].seed == -3);
  CHECK_FALSE(stages[0].parent);
  CHECK(stages[0].environment == kHere);
  CHECK(stages[0].made_at.size() == 20);
  CHECK(
      stages[0].ends ==
      std::vector<StageEnd>{{.artifact = stages[0].digest(), .seconds = 2.5, .ended_at = "2025"}});
  CHECK(stages[1].parent == stages[0].digest());
  CHECK(stages[1].ends.empty());
  CHECK(store.stage(stages[1].digest())->key == stages[1].key);
  CHECK_FALSE(store.stage(Digest{}));
  CHECK(store.curves(stages[0]).empty());
  CHECK(store.curves(stages[1]) == std::vector<std::string>{"a", "loss"});
  CHECK(store.curve(stages[1], "loss") ==
        std::vector<CurvePoint>{{.step = 0, .value = 1.0}, {.step = 7, .value = 0.25}});
  CHECK(store.curve(stages[1], "b").empty());
  CHECK(check_store(store).problems.empty());
}

TEST_CASE("what is told again changes nothing: the first value of a step stays") {
  const test::TempDir dir;
  fill(dir / "s.db");
  const Digest content = test::content_digest(dir / "s.db");
  fill(dir / "s.db");
  {
    StoreWriter store(dir / "s.db", false, "{}");
    Transaction all(store.database());
    const StoredStage second = store.stages().at(1);
    store.add_point(second, "loss", {.step = 7, .value = 99.0});
    store.add_point(second, "loss", {.step = 8, .value = 0.125});
    // It was lost, and trained again.
    store.end_stage(second, {.artifact = Digest{}, .seconds = 1, .ended_at = "2025"});
    store.end_stage(second, {.artifact = second.digest(), .seconds = 1, .ended_at = "2026"});
    store.end_stage(second, {.artifact = second.digest(), .seconds = 9, .ended_at = "2027"});
    all.commit();
  }
  results::Store store(dir / "s.db");
  CHECK(store.stages().size() == 2);
  const StoredStage second = store.stages().at(1);
  CHECK(store.curve(second, "loss") == std::vector<CurvePoint>{{.step = 0, .value = 1.0},
                                                               {.step = 7, .value = 0.25},
                                                               {.step = 8, .value = 0.125}});
  REQUIRE(second.ends.size() == 2);
  CHECK(second.ends.at(1).ended_at == "2026");
  // When and how it was trained stands in no digest.
  CHECK(test::content_digest(dir / "s.db") == content);
}

TEST_CASE("stages, ends and curves are never changed, deleted or replaced") {
  const test::TempDir dir;
  fill(dir / "s.db");
  for (const std::string table : {"stage", "stage_end", "curve"}) {
    CAPTURE(table);
    CHECK_THAT(test::foreign_sql(dir / "s.db", "DELETE FROM " + table),
               ContainsSubstring("never deleted") || ContainsSubstring("is never deleted"));
    CHECK_THAT(test::foreign_sql(dir / "s.db",
                                 "INSERT OR REPLACE INTO " + table + " SELECT * FROM " + table),
               ContainsSubstring("never replaced"));
    const std::string column = table == "stage"   ? "dataset"
                               : table == "curve" ? "value"
                                                  : "seconds";
    CHECK_THAT(test::foreign_sql(dir / "s.db", "UPDATE " + table + " SET " + column + " = 5"),
               ContainsSubstring("never changes"));
  }
  CHECK_THAT(test::foreign_sql(dir / "s.db", "INSERT INTO curve VALUES (2, 'loss', -1, 0.5)"),
             ContainsSubstring("CHECK"));
}

TEST_CASE("a stage whose configuration was changed is found by the doctor") {
  const test::TempDir dir;
  fill(dir / "s.db");
  const std::string bytes = test::bytes_of(dir / "s.db");
  const std::size_t at = bytes.find("{\"n\":1}");
  REQUIRE(at != std::string::npos);
  std::string forged = bytes;
  forged[at + 5] = '3';
  test::write_bytes(dir / "s.db", forged);
  results::Store store(dir / "s.db");
  const StoreCheck check = check_store(store);
  REQUIRE(check.problems.size() == 1);
  CHECK_THAT(check.problems.front().what,
             ContainsSubstring("(pretraining on set): its configuration was changed"));
}

TEST_CASE("the stages of a run are those that its cell names, back to the first") {
  const test::TempDir dir;
  fill(dir / "s.db");
  results::Store store(dir / "s.db");
  const auto stages = store.stages();
  results::Run run;
  run.cell.config = "{\"stage\": \"" + to_hex(stages[1].digest()) + "\"}";
  const auto chain = store.stages_of(run);
  REQUIRE(chain.size() == 2);
  CHECK(chain[0].digest() == stages[0].digest());
  CHECK(chain[1].digest() == stages[1].digest());
  run.cell.config = "{}";
  CHECK(store.stages_of(run).empty());
  run.cell.config = "{\"stage\": \"" + to_hex(Digest{}) + "\"}";
  try {
    (void)store.stages_of(run);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIntegrity);
    CHECK_THAT(error.what(), ContainsSubstring("the stage 000000000000 of its model is not there"));
  }
}
