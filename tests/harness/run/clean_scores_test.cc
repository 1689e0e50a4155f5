#include "harness/run/clean_scores.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/inchi.h"
#include "harness/core/json.h"
#include "tests/support/fake_runs.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;

constexpr ScoringOptions kOptions = {.resamples = 20, .jobs = 1};

/// A store of the fake's runs, whose first `shared` of 40 test molecules also train.
struct Place {
  explicit Place(std::size_t shared)
      : pairs(test::made_set(dir, "pairs", {.train = 40, .test = 40, .shared = shared})),
        labels(test::made_set(dir, "labels", {.train = 40, .test = 40, .shared = shared}, true)) {
    if (!chem::has_inchi()) SKIP("this build has no InChI");
    const Plan plan(test::made_manifest(
        {test::fake_model("fake", std::make_shared<test::Script>())},
        {test::made_task("generation", pairs), test::made_task("text-to-molecule-retrieval", pairs),
         test::made_task("property-bbbp", labels)}));
    REQUIRE(test::run_plan(plan, dir / "s.db", test::roots(dir)).done == 3);
  }

  test::TempDir dir;
  tasks::DatasetDescriptor pairs;
  tasks::DatasetDescriptor labels;
};

/// What one kind of overlap leaves of each run's score.
struct Clean {
  results::Run run;
  results::Measurement measurement;
  CleanScore score;
};

std::vector<Clean> clean(results::Store& store, const std::string& kind) {
  const auto protocols = store.protocols();  // one for each section
  std::vector<Clean> all;
  for (const results::Run& run : store.runs()) {
    for (const results::Measurement& one : store.measurements(run)) {
      const auto protocol =
          std::ranges::find(protocols, one.protocol_key, &results::StoredProtocol::key);
      const auto scores = clean_scores(store, run, *protocol, one, kOptions);
      for (const CleanScore& score : scores) {
        if (score.kind == kind) all.push_back({run, one, score});
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a clean score is that of the other examples, scored alone") {
  const Place place(9);
  results::Store store(place.dir / "s.db");
  const auto all = clean(store, "inchikey");
  REQUIRE(all.size() == 3);
  for (const Clean& one : all) {
    CAPTURE(one.run.cell.task);
    CHECK(one.score.seen == 9);
    const auto rows = store.rows(one.run, 9, 31);
    std::vector<ScoringPair> pairs;
    for (const results::Row& row : rows)
      pairs.push_back({.prediction = row.prediction, .reference = row.reference});
    Scorer scorer(test::cheap_protocol(), one.run.cell.task, {}, kOptions);
    const ScoredPairs scored = scorer.score(pairs);
    const Score& direct = scored.scores.front();
    REQUIRE(direct.value);
    CHECK(one.score.value == direct.value);
    CHECK(one.score.n == direct.n);
    CHECK(one.score.low == direct.low);
    CHECK(one.score.high == direct.high);
    CHECK(one.score.value != one.measurement.score->value);
  }
}

TEST_CASE("with nothing that overlaps, the clean score is the score") {
  const Place place(0);
  results::Store store(place.dir / "s.db");
  // Scaffolds: chains have none.
  for (const std::string kind : {"inchikey", "skeleton", "scaffold"}) {
    const auto all = clean(store, kind);
    REQUIRE(all.size() == 3);
    for (const Clean& one : all) {
      CHECK(one.score.seen == 0);
      CHECK(one.score.value == one.measurement.score->value);
      CHECK(one.score.n == one.measurement.score->n);
      CHECK(one.score.low == one.measurement.best_interval()->low);
      CHECK(one.score.high == one.measurement.best_interval()->high);
    }
  }
}

TEST_CASE("with everything seen in training, no example is left") {
  const Place place(40);
  results::Store store(place.dir / "s.db");
  const auto all = clean(store, "skeleton");
  REQUIRE(all.size() == 3);
  for (const Clean& one : all) {
    CHECK(one.score.seen == 40);
    CHECK_FALSE(one.score.value);
    CHECK(one.score.reason == "no example is left");
    CHECK(one.score.n == 0);
    CHECK_FALSE(one.score.low);
  }
}

TEST_CASE("imports and runs on other training data have no clean scores") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 30, 1);
  test::score_in(dir / "s.db", {.resamples = 0});
  results::Store store(dir / "s.db");
  const results::Run run = store.runs().at(0);
  CHECK(training_digests(store, run).empty());
  const auto measurements = store.measurements(run);
  CHECK(clean_scores(store, run, store.protocols().at(0), measurements.at(0), kOptions).empty());

  const Place place(5);
  results::Store ran(place.dir / "s.db");
  CHECK(training_digests(ran, ran.runs().at(0)) ==
        std::set{to_hex(tasks::dataset_digest(place.pairs))});
}
