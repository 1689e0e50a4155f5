// cupel bench as scripts see it.
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/run/benchmark_file.h"
#include "results/store.h"
#include "tests/support/manifests.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using test::Manifests;
using test::Ran;

constexpr const char* kManifest = R"({
  "name": "timed", "protocols": ["cupel"], "resamples": 0, "models": ["copy", "majority"],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "generation", "dataset": "mini-chebi-20"},
            {"task": "property-bace", "dataset": "mini-bace"}]})";

/// Into s.db, unless `more` names another store.
Ran bench(const Manifests& place, std::string more) {
  if (!more.contains("--store")) more += " --store " + place.path("s.db");
  return test::run_with(
      test::cache_variable(),
      "bench " + place.path("m.json") + " --limit 20 --repetitions 2 --min-time 0.001 " + more);
}

}  // namespace

TEST_CASE("cupel bench times what was run, and keeps it") {
  const Manifests place(kManifest);
  REQUIRE(place.run("s.db", "--limit 20").status == 0);
  const Digest content = test::content_digest(place.path("s.db"));
  const std::string out = place.path("b.json");
  const Ran timed = bench(place, "--batch 4 --examples 10 --format csv --out " + out);
  INFO(timed.err);
  REQUIRE(timed.status == 0);
  CHECK_THAT(timed.out, StartsWith("model,task,dataset,seed,batch,examples,repetitions,") &&
                            ContainsSubstring("\nmajority,property-bace,mini-bace,,4,10,2,"));
  results::Store store(place.path("s.db"));
  const auto timings = store.timings();
  const BenchmarkFile file = read_benchmark_file(out);
  CHECK(timings.size() == 2 * file.benchmarks.size());
  CHECK(file.find("copy/captioning/mini-chebi-20/batch:4/manual_time") != nullptr);
  CHECK(timings.front().measured_at == timings.back().measured_at);
  CHECK_THAT(timings.front().environment, ContainsSubstring("\"jobs\""));
  CHECK(store.content_digest() == content);
  CHECK(test::complaints(place.path("s.db")).empty());
  const Ran page = test::run("report --format html --store " + place.path("s.db"));
  CHECK(page.status == 0);
}

TEST_CASE("cupel bench refuses what cannot be timed, and says what is not done") {
  const Manifests place(kManifest);
  REQUIRE(test::run_with(test::cache_variable(), "run " + place.path("m.json") + " --store " +
                                                     place.path("s.db") + " --limit 20 --shard 1/2")
              .status == 0);
  REQUIRE(place.run("other.db", "--limit 5").status == 0);
  const Ran none = bench(place, "--store " + place.path("other.db"));
  CHECK(none.status == 4);
  CHECK_THAT(none.err,
             ContainsSubstring("none of the 5 cells is done") && ContainsSubstring("cupel run"));
  const Ran part = bench(place, "--store " + place.path("s.db") + " --batch 4");
  CHECK(part.status == 4);
  CHECK_THAT(part.err, ContainsSubstring(" cells are not done, and left out"));
  CHECK(bench(place, "--batch 0").status == 2);
  CHECK(bench(place, "--model nobody").status == 2);
  CHECK_THAT(bench(place, "--model nobody").err, ContainsSubstring("copy on captioning"));
  // An answer that somebody changed is not what the model says.
  REQUIRE(test::foreign_sql(place.path("s.db"),
                            "DROP TRIGGER prediction_not_changed;"
                            "UPDATE prediction SET text = 'x' || text;"
                            "CREATE TRIGGER prediction_not_changed BEFORE UPDATE ON prediction\n"
                            "BEGIN SELECT RAISE(ABORT, 'a prediction never changes'); END;")
              .empty());
  const Ran wrong = bench(place, "--batch 4");
  CHECK(wrong.status == 1);
  CHECK_THAT(wrong.err, ContainsSubstring("batch:4: 20 of 20 answers are not those of the run"));
}
