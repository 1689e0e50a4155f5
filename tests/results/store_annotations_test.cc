#include <array>
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/run/merge.h"
#include "harness/run/store_check.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using results::Annotation;
using results::StoreWriter;
using results::Transaction;

Annotation annotation_of(const results::Run& run, const std::string& reason) {
  return {.cell = run.digest,
          .predictions = *run.predictions,
          .metric = "bleu",
          .reason = reason,
          .reviewer = "ada",
          .environment = {},
          .made_at = {}};
}

bool put(const std::filesystem::path& path, const std::string& reason, const std::string& time) {
  StoreWriter store(path, false, R"({"cupel":"here"})");
  Transaction all(store.database());
  store.record_as_of(R"({"cupel":"here"})", time);
  const bool added = store.put_annotation(annotation_of(store.runs().front(), reason));
  all.commit();
  return added;
}

}  // namespace

TEST_CASE("an annotation is kept once, as of its time, and changes no digest of results") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 10, 1);
  const Digest content = test::content_digest(dir / "s.db");
  CHECK(put(dir / "s.db", "meant", "2025-01-02T03:04:05Z"));
  CHECK_FALSE(put(dir / "s.db", "meant", "2026-01-02T03:04:05Z"));
  CHECK(put(dir / "s.db", "for another reason", "2026-01-02T03:04:05Z"));
  results::Store store(dir / "s.db");
  const auto all = store.annotations();
  REQUIRE(all.size() == 2);
  CHECK(all[0].cell == store.runs().front().digest);
  CHECK(all[0].predictions == store.runs().front().predictions);
  CHECK(all[0].metric == "bleu");
  CHECK(all[0].reason == "meant");
  CHECK(all[0].reviewer == "ada");
  CHECK(all[0].environment == R"({"cupel":"here"})");
  CHECK(all[0].made_at == "2025-01-02T03:04:05Z");
  CHECK(store.content_digest() == content);
  CHECK(check_store(store).problems.empty());
}

TEST_CASE(
    "an annotation is never changed, taken back or replaced, and speaks of a cell that is there") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 10, 1);
  REQUIRE(put(dir / "s.db", "meant", "2025-01-02T03:04:05Z"));
  const auto refused = [&](const std::string& sql) {
    return test::foreign_sql(dir / "s.db", "PRAGMA foreign_keys = ON; " + sql);
  };
  CHECK_THAT(refused("UPDATE annotation SET reason = 'no'"), ContainsSubstring("never changes"));
  CHECK_THAT(refused("DELETE FROM annotation"), ContainsSubstring("never deleted"));
  CHECK_THAT(refused("REPLACE INTO annotation SELECT * FROM annotation"),
             ContainsSubstring("never replaced"));
  StoreWriter store(dir / "s.db", false, "{}");
  Annotation unknown = annotation_of(store.runs().front(), "meant");
  unknown.cell[0] ^= 1U;
  try {
    static_cast<void>(store.put_annotation(unknown));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kStore);
    CHECK_THAT(error.what(), ContainsSubstring("no cell"));
  }
}

TEST_CASE("merging takes annotations along, once, with their times") {
  const test::TempDir dir;
  test::import_into(dir / "a.db", 10, 1);
  REQUIRE(put(dir / "a.db", "meant", "2025-01-02T03:04:05Z"));
  test::import_into(dir / "b.db", 10, 2);
  REQUIRE(put(dir / "b.db", "also meant", "2025-01-03T00:00:00Z"));
  const std::vector<std::filesystem::path> shards = {dir / "a.db", dir / "b.db"};
  for (int i = 0; i < 2; ++i) static_cast<void>(merge_stores(shards, dir / "all.db", ""));
  results::Store merged(dir / "all.db");
  const auto all = merged.annotations();
  REQUIRE(all.size() == 2);
  CHECK(all[0] == results::Store(dir / "a.db").annotations().front());
  CHECK(all[1] == results::Store(dir / "b.db").annotations().front());
}
