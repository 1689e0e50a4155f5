// Plans and merges as scripts see them: exit codes and messages.
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "results/store.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;

constexpr std::size_t kRows = 30;

/// a.db and b.db have the cells 1 and 2 of a plan of three; c.db has the third.
struct Place {
  Place() {
    results::StoredPlan plan = test::plan_of(4, kRows);
    plan.cells[3].reason = "it cannot retrieve";
    for (const char* name : {"a.db", "b.db", "c.db"}) test::plan_in(dir / name, plan);
    test::run_in(dir / "a.db", kRows, 1, kRows);
    test::run_in(dir / "a.db", kRows, 2, 4);
    test::run_in(dir / "b.db", kRows, 2, kRows);
    test::run_in(dir / "c.db", kRows, 3, kRows);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (dir / name).string(); }
  [[nodiscard]] test::Ran merge(const std::vector<std::string>& shards,
                                const std::string& more = "") const {
    std::string words = "merge";
    for (const std::string& shard : shards) words += " " + path(shard);
    return test::run(words + " --store " + path("out.db") + " " + more);
  }
  test::TempDir dir;
};

std::string short_id(unsigned variant) {
  return to_hex(test::cell(kRows, variant).digest()).substr(0, 12);
}

}  // namespace

TEST_CASE("cupel merge is 4 while cells of the plan are missing, and 0 when all are there") {
  const Place place;
  const test::Ran part = place.merge({"a.db", "b.db"});
  CHECK(part.status == 4);
  CHECK_THAT(part.out, StartsWith("added 2 runs, 60 predictions, 0 scores; 1 runs are in more than "
                                  "one shard, and alike\nplan ") &&
                           ContainsSubstring("(sweep): 2 of 3 cells are complete, 1 are not "
                                             "applicable\ncontent digest "));
  CHECK_THAT(part.err,
             StartsWith("cupel: cell " + short_id(3) +
                        " (model-3, generation on made-up): missing\n"
                        "cupel: 1 of the plan's cells are not complete\n       run what is"));
  const test::Ran whole = place.merge({"c.db", "a.db"});
  CHECK(whole.status == 0);
  CHECK(whole.err.empty());
  CHECK_THAT(whole.out, ContainsSubstring("added 1 runs, 30 predictions") &&
                            ContainsSubstring("3 of 3 cells are complete"));
  CHECK_THAT(test::run("doctor --store " + place.path("out.db")).out,
             ContainsSubstring(whole.out.substr(whole.out.rfind("content digest "))));
}

TEST_CASE("cupel merge --format json says what was added, what is missing, and the digest") {
  const Place place;
  test::run_in(place.dir / "b.db", kRows + 1, 9, 1);
  const test::Ran ran = place.merge({"a.db", "b.db"}, "--format json --plan sweep");
  CHECK(ran.status == 4);
  CHECK_THAT(ran.err, ContainsSubstring("(model-9, generation) is of no planned cell\n"));
  const JsonValue document = parse_json(ran.out, "merge");
  const std::string origin = "merge";
  JsonObject merged(document, origin);
  CHECK(merged.text("content_digest") == to_hex(test::content_digest(place.dir / "out.db")));
  CHECK(merged.integer("runs") == 3);
  CHECK(merged.integer("predictions") == 61);
  CHECK(merged.integer("scores") == 0);
  CHECK(merged.integer("repeated") == 1);
  CHECK(merged.texts("conflicts").empty());
  CHECK(merged.text("plan") == results::Store(place.dir / "a.db").find_plan("").id());
  CHECK(merged.integer("complete") == 2);
  REQUIRE(merged.member("incomplete").items.size() == 1);
  JsonObject open(merged.member("incomplete").items.front(), origin);
  CHECK(open.text("id") == short_id(3));
  CHECK(open.text("model") == "model-3");
  CHECK(open.text("task") == "generation");
  CHECK(open.text("state") == "missing");
  CHECK(merged.texts("unplanned").size() == 1);
  merged.finish();
}

TEST_CASE("cupel merge without a plan is 0, and says that nobody knows what is missing") {
  const Place place;
  test::run_in(place.dir / "d.db", kRows, 1, kRows);
  const test::Ran ran = place.merge({"d.db"});
  CHECK(ran.status == 0);
  CHECK_THAT(ran.err, ContainsSubstring("whether something is missing is not known"));
}

TEST_CASE("cupel merge is 5 for shards that contradict each other, also when cells are missing") {
  const Place place;
  {
    results::StoreWriter store(place.dir / "d.db", true, "{}");
    results::Store a(place.dir / "a.db");
    const results::Run run = a.runs().front();
    results::Transaction all(store.database());
    const results::Run mine = store.begin_run(test::cell(kRows, 1), run.examples, kRows, "{}");
    const results::Row row = a.rows(run, 0, 1).front();
    store.add_example(mine, 0, results::example_digest(row.input, row.reference), row.input,
                      row.reference);
    store.add_prediction(mine, 0, results::prediction_digest("other"), "other");
    all.commit();
  }
  const test::Ran ran = place.merge({"a.db", "d.db"});
  CHECK(ran.status == 5);
  CHECK_THAT(ran.err, StartsWith(fmt::format("cupel: conflict: {} and {}: run {} (model-1, "
                                             "generation): prediction 0 is not the same\n       "
                                             "what differs was not added",
                                             place.path("a.db"), place.path("d.db"), short_id(1))));
  CHECK_THAT(ran.err, ContainsSubstring("3 of the plan's cells are not complete"));
}

TEST_CASE("cupel merge refuses changed, damaged and wrong files with 5, 7 and 2") {
  const Place place;
  const std::string whole = test::bytes_of(place.dir / "b.db");
  test::write_bytes(place.dir / "cut.db", whole.substr(0, whole.size() - 100));
  std::string forged = whole;
  const std::size_t at = forged.rfind("molecule 17");
  REQUIRE(at != std::string::npos);
  forged[at] = 'M';
  test::write_bytes(place.dir / "forged.db", forged);
  const test::Ran changed = place.merge({"a.db", "forged.db"});
  CHECK(changed.status == 5);
  CHECK_THAT(changed.err, StartsWith("cupel: " + place.path("forged.db") + ": run " + short_id(2) +
                                     " (model-2, generation), example 17: its text was changed"));
  CHECK_THAT(changed.err, ContainsSubstring("\n       nothing was merged; restore a copy"));
  const test::Ran cut = place.merge({"a.db", "cut.db"});
  CHECK(cut.status == 7);
  CHECK_THAT(cut.err, ContainsSubstring("cut.db: the file is truncated"));
  CHECK_FALSE(fs::exists(place.dir / "out.db"));
  const test::Ran unknown = place.merge({"a.db"}, "--plan other");
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("no plan 'other'") && ContainsSubstring("known plans"));
  CHECK(test::run("merge --store " + place.path("out.db")).status == 2);
  const test::Ran nowhere = test::run("merge " + place.path("a.db"));
  CHECK(nowhere.status == 2);
  CHECK_THAT(nowhere.err, ContainsSubstring("--store is required"));
}

TEST_CASE("cupel list plans and show plan say what is done of each cell") {
  const Place place;
  const std::string store = " --store " + place.path("a.db");
  const std::string id = results::Store(place.dir / "a.db").find_plan("sweep").id();
  CHECK_THAT(test::run("list plans" + store).out,
             StartsWith(id + "  sweep, 20") && ContainsSubstring("1 of 3 cells are complete\n"));
  CHECK_THAT(test::run("list plans --format json" + store).out,
             ContainsSubstring("\"id\": \"" + id + "\""));
  for (const std::string& name : {std::string(), id, std::string("sweep")}) {
    const test::Ran shown = test::run("show plan " + name + store);
    CHECK(shown.status == 0);
    CHECK_THAT(shown.out, StartsWith("plan " + id + " (sweep), 20") &&
                              ContainsSubstring("4 of 30 predictions") &&
                              ContainsSubstring("not applicable: it cannot retrieve") &&
                              ContainsSubstring("1 complete, 1 partial, 1 missing, 1 not applic"));
  }
  CHECK_THAT(
      test::run("show plan sweep --format csv" + store).out,
      StartsWith("run,model,task,dataset,split,seed,state,stored,size,detail\n" + short_id(1) +
                 ",model-1,generation,made-up,test,1,complete,30,30,complete\n"));
  CHECK_THAT(test::run("show plan other" + store).err, ContainsSubstring("no plan 'other'"));
  CHECK(test::run("show plan").status == 2);
  CHECK(test::run("list plans").status == 2);
  CHECK_THAT(test::run("show run" + store).err, ContainsSubstring("NAME is required"));
}
