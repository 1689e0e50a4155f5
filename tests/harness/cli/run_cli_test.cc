// cupel run, plan, merge and leakage as scripts see them, on the bundled suite.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "harness/core/json.h"
#include "results/store.h"
#include "tests/support/cli.h"
#include "tests/support/manifests.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using test::Manifests;
using test::Ran;

/// Three models, four tasks: eight cells that a model can do.
constexpr const char* kSmall = R"({
  "name": "small", "protocols": ["cupel"], "resamples": 20, "seeds": [1, 2],
  "models": ["majority", {"model": "bm25", "name": "words"}, {"model": "ecfp-forest", "options": {"trees": 3}}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "generation", "dataset": "mini-chebi-20"},
            {"task": "text-to-molecule-choice", "dataset": "mini-pcdes"},
            {"task": "property-bbbp", "dataset": "mini-bbbp"}]})";
constexpr std::size_t kCells = 7;

/// The ids of the runs that a store has.
std::set<std::string> ids_in(const fs::path& path) {
  std::set<std::string> ids;
  results::Store store(path);
  for (const results::Run& run : store.runs()) ids.insert(run.id());
  return ids;
}

}  // namespace

TEST_CASE("cupel run writes the suite, does what the manifest says, and then has nothing to do",
          "[slow]") {
  const Manifests place(kSmall);
  const std::string suite = " --suite " + place.path("suite");
  const Ran ran =
      test::run("run " + place.path("m.json") + " --store " + place.path("s.db") + suite);
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, StartsWith("captioning on mini-chebi-20 test, protocol cupel\n") &&
                          ContainsSubstring("  bleu         words ") &&
                          ContainsSubstring("accuracy@20") && ContainsSubstring("roc-auc") &&
                          ContainsSubstring("95 % intervals from 20"));
  CHECK_THAT(
      ran.err,
      ContainsSubstring("writing the bundled suite to " + place.path("suite")) &&
          ContainsSubstring("not applicable: bm25 has no capability 'captioning' (1 task)") &&
          ContainsSubstring("7 cells to do, 0 done before\n") &&
          ContainsSubstring("\n[7/7] property-bbbp on mini-bbbp: ecfp-forest, seed 2: done") &&
          ContainsSubstring("7 cells done now, 0 before, 0 failed\n"));
  const std::string before = sha256_hex(test::bytes_of(place.path("s.db")));
  const Ran again =
      test::run("run " + place.path("m.json") + " --store " + place.path("s.db") + suite);
  CHECK(again.status == 0);
  CHECK(again.out == ran.out);
  CHECK_THAT(again.err, ContainsSubstring("nothing to do: 7 cells are done\n"));
  CHECK(sha256_hex(test::bytes_of(place.path("s.db"))) == before);
  // Somewhere else, on one thread, with the suite that is there: the same results.
  CHECK(place.run("other.db", "--jobs 1").status == 0);
  CHECK(test::content_digest(place.path("other.db")) == test::content_digest(place.path("s.db")));
}

TEST_CASE("two shards that begin at once share one suite", "[slow]") {
  const Manifests place(kSmall);
  const std::string common =
      " " + place.path("m.json") + " --limit 10 --suite " + place.path("suite");
  Ran first;
  std::thread other(
      [&] { first = test::run("run --shard 1/2 --store " + place.path("1.db") + common); });
  const Ran second = test::run("run --shard 2/2 --store " + place.path("2.db") + common);
  other.join();
  CAPTURE(first.err, second.err);
  CHECK(first.status == 0);
  CHECK(second.status == 0);
  CHECK(ids_in(place.path("1.db")).size() + ids_in(place.path("2.db")).size() == kCells);
}

TEST_CASE("shards merged in any order are the run; an altered one is named, a missing one counted",
          "[slow]") {
  const Manifests place(kSmall);
  REQUIRE(place.run("whole.db").status == 0);
  const std::string whole = place.digest("whole.db");
  for (const int shard : {1, 2, 3})
    REQUIRE(place.run(fmt::format("{}.db", shard), fmt::format("--shard {}/3", shard)).status == 0);
  REQUIRE(place.run("half.db", "--shard 2/2").status == 0);
  const Ran idle = place.run("idle.db", "--shard 9/9");
  CHECK(idle.status == 0);
  CHECK(idle.out.empty());
  CHECK_THAT(idle.err, ContainsSubstring("nothing to do: 0 cells are done"));
  const std::vector<std::vector<std::string>> orders = {
      {"1.db", "2.db", "3.db"},
      {"3.db", "1.db", "2.db"},
      {"2.db", "half.db", "idle.db", "1.db", "3.db"}};
  for (const auto& order : orders) {
    fs::remove(place.path("all.db"));
    const Ran merged = place.merge(order, "all.db");
    CHECK(merged.status == 0);
    CHECK(place.digest("all.db") == whole);
  }
  fs::remove(place.path("all.db"));
  // One by one, and what is there already is no harm.
  CHECK(place.merge({"3.db"}, "all.db").status == 4);
  CHECK(place.merge({"1.db", "3.db"}, "all.db").status == 4);
  const Ran part = place.merge({"1.db"}, "all.db");
  CHECK(part.status == 4);
  CHECK_THAT(part.err, ContainsSubstring("cupel: 2 of the plan's cells are not complete"));
  for (const std::string& id : ids_in(place.path("2.db")))
    CHECK_THAT(part.err, ContainsSubstring("cupel: cell " + id + " ("));
  CHECK(place.run("all.db").status == 0);  // what no shard did is done here
  CHECK(place.digest("all.db") == whole);

  std::string forged = test::bytes_of(place.path("2.db"));
  const std::string id = *ids_in(place.path("2.db")).begin();
  results::Store shard(place.path("2.db"));
  const std::string prediction = shard.rows(shard.find_run(id), 3, 1).front().prediction;
  const std::size_t at = forged.rfind(prediction);
  REQUIRE(at != std::string::npos);
  forged[at + 1] = forged[at + 1] == 'C' ? 'N' : 'C';
  test::write_bytes(place.path("forged.db"), forged);
  const Ran altered = place.merge({"1.db", "forged.db", "3.db"}, "new.db");
  CHECK(altered.status == 5);
  CHECK_THAT(altered.err, StartsWith("cupel: " + place.path("forged.db") + ": run ") &&
                              ContainsSubstring("its text was changed"));
  CHECK_FALSE(fs::exists(place.path("new.db")));
}

TEST_CASE("cupel plan prints the ids that a run stores, and needs neither store nor data",
          "[slow]") {
  const Manifests place(kSmall);
  const std::string nowhere = "CUPEL_SUITE=/nowhere XDG_CACHE_HOME=/nowhere";
  const std::string plan = "plan " + place.path("m.json") + " --store " + place.path("s.db");
  const Ran before = test::run_with(nowhere, plan + " --format csv");
  REQUIRE(before.status == 0);
  CHECK_THAT(before.out, StartsWith("id,task,dataset,split,model,seed,state,why\n"));
  CHECK_FALSE(fs::exists(place.path("s.db")));
  const Ran text = test::run_with(nowhere, plan);
  CHECK_THAT(text.out, ContainsSubstring("16 cells: 7 missing, 9 not applicable.") &&
                           !ContainsSubstring("no run of this model"));
  REQUIRE(place.run("s.db", "--shard 1/2").status == 0);
  std::set<std::string> planned;
  for (std::size_t at = before.out.find('\n'); at + 1 < before.out.size();
       at = before.out.find('\n', at + 1)) {
    const std::string line = before.out.substr(at + 1, before.out.find('\n', at + 1) - at - 1);
    if (line.contains(",missing,")) planned.insert(line.substr(0, 12));
  }
  CHECK(planned.size() == kCells);
  CHECK(std::ranges::includes(planned, ids_in(place.path("s.db"))));
  CHECK_THAT(test::run_with(nowhere, plan).out,
             ContainsSubstring("16 cells: 4 complete, 3 missing, 9 not applicable."));
  // Another seed of a model that is there differs in the seed alone.
  const Ran why = test::run_with(nowhere, plan + " --why");
  CHECK_THAT(why.out, ContainsSubstring(" differs in seed: ") &&
                          ContainsSubstring("no run of this model and task is in the store") &&
                          ContainsSubstring("not applicable: bm25 has no capability"));
  REQUIRE(place.run("s.db").status == 0);
  CHECK(ids_in(place.path("s.db")) == planned);
  // The same cells under another protocol are there, and not scored.
  test::write_bytes(place.path("two.json"),
                    test::replaced(kSmall, "[\"cupel\"]", "[\"cupel\", \"moleculestm\"]"));
  const Ran unscored = test::run_with(
      nowhere, "plan " + place.path("two.json") + " --why --store " + place.path("s.db"));
  CHECK_THAT(unscored.out, ContainsSubstring("3 complete, 9 not applicable, 4 unscored.") &&
                               ContainsSubstring("3 of 6 scores are there"));
}

TEST_CASE("cupel leakage sets scores beside those on unseen molecules", "[slow]") {
  const Manifests place(kSmall);
  REQUIRE(place.run("s.db").status == 0);
  const std::string leakage = "leakage --resamples 10 --store " + place.path("s.db");
  const Ran text = test::run(leakage);
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("without the same") && ContainsSubstring("skeleton") &&
                           ContainsSubstring("Shared with a training molecule"));
  const Ran csv = test::run(leakage + " --format csv --task property-bbbp --run words");
  CHECK(csv.status == 2);
  const Ran rows = test::run(leakage + " --format csv --task generation --run words");
  CHECK(rows.status == 0);
  CHECK_THAT(rows.out, StartsWith("model,task,dataset,split,seed,metric,value,n,overlap,seen,"
                                  "clean_value,clean_low,clean_high,clean_n,protocol,signature\n"
                                  "words,generation,mini-chebi-20,test,,bleu,"));
  CHECK(std::ranges::count(rows.out, '\n') == 1 + 7 * 3);
  test::import_into(place.path("imports.db"), 20, 1);
  const Ran imports = test::run("leakage --store " + place.path("imports.db"));
  CHECK(imports.status == 2);
  CHECK_THAT(imports.err, ContainsSubstring("nothing is known of training data here") &&
                              ContainsSubstring("imported runs have none"));
}

TEST_CASE("a limit, and which cells to do", "[slow]") {
  const Manifests place(kSmall);
  REQUIRE(place.run("s.db", "--limit 5").status == 0);
  const Ran limited = place.run("s.db", "--limit 5 --format csv");
  CHECK_THAT(limited.out, ContainsSubstring(",test (first 5),") && !ContainsSubstring(",test,"));
  CHECK_THAT(limited.err, ContainsSubstring("nothing to do: 7 cells are done"));
  const Ran full = place.run("s.db", "--format csv");
  CHECK(full.status == 0);
  CHECK_THAT(full.err, ContainsSubstring("7 cells to do, 0 done before"));
  CHECK_THAT(full.out, ContainsSubstring(",test,") && !ContainsSubstring("(first 5)"));
  for (const char* bad : {"--limit 0", "--limit -1", "--limit x", "--shard 0/2", "--shard 3/2",
                          "--shard 2", "--shard a/b", "--only some", "--jobs -1", "--format pdf"}) {
    CAPTURE(bad);
    const Ran refused = place.run("bad.db", bad);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, StartsWith("cupel: "));
  }
  const Ran shard = place.run("bad.db", "--shard 3/2");
  CHECK_THAT(shard.err,
             StartsWith("cupel: '3/2' is no shard\n       write i/n, with i from 1 to n"));
}
