#include <array>
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/run/merge.h"
#include "harness/run/store_check.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using results::StoreWriter;
using results::Transaction;

}  // namespace

TEST_CASE("timings are kept as of their time, once, and change no digest of results") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 10, 1);
  const Digest content = test::content_digest(dir / "s.db");
  const auto put_timings = [&](const std::string& name, const std::string& time) {
    StoreWriter store(dir / name, false, "{}");
    store.record_as_of(R"({"cupel":"here"})", time);
    Transaction all(store.database());
    results::Timing timing{.cell = store.runs().front().digest,
                           .batch = 8,
                           .examples = 10,
                           .passes = 3,
                           .seconds = 0.25,
                           .p50 = 0.1,
                           .p95 = 0.2,
                           .p99 = 0.3,
                           .read_tokens = 12.0,
                           .padded_tokens = {},
                           .written_tokens = {},
                           .flop = 1e9,
                           .peak_flop_per_second = {},
                           .peak_memory = {},
                           .environment = R"({"cupel":"here"})",
                           .measured_at = time};
    for (; timing.repetition < 2; ++timing.repetition) store.put_timing(timing);
    all.commit();
    --timing.repetition;
    return timing;
  };
  const results::Timing last = put_timings("s.db", "2025-01-02T03:04:05Z");
  put_timings("s.db", "2025-01-02T03:04:05Z");
  results::Store store(dir / "s.db");
  REQUIRE(store.timings().size() == 2);
  CHECK(store.timings().back() == last);
  CHECK(store.content_digest() == content);
  CHECK(check_store(store).problems.empty());
  const auto refused = [&](const std::string& sql) {
    return test::foreign_sql(dir / "s.db", "PRAGMA foreign_keys = ON; " + sql);
  };
  CHECK_THAT(refused("UPDATE timing SET seconds = 1"), ContainsSubstring("never changes"));
  CHECK_THAT(refused("DELETE FROM timing"), ContainsSubstring("never deleted"));
  CHECK_THAT(refused("REPLACE INTO timing SELECT * FROM timing"),
             ContainsSubstring("never replaced"));

  std::filesystem::copy_file(dir / "s.db", dir / "t.db");
  put_timings("t.db", "2025-01-02T03:04:06Z");
  const std::array shards = {dir / "s.db", dir / "t.db"};
  for (int again = 0; again < 2; ++again)
    CHECK(merge_stores(shards, dir / "m.db", "").content == content);
  const auto merged = results::Store(dir / "m.db").timings();
  REQUIRE(merged.size() == 4);
  CHECK(merged[1] == last);
  CHECK(merged[2].measured_at == "2025-01-02T03:04:06Z");
}
