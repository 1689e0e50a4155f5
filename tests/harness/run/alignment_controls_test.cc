#include "harness/run/alignment_controls.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/run/store_scoring.h"
#include "metrics/alignment/truth.h"
#include "metrics/protocol.h"
#include "results/store.h"
#include "tests/harness/run/section_runs.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;

constexpr std::size_t kRows = 40;

/// Three sets of three atoms, and of three bytes.
std::string truth() {
  return metrics::write_truth(
      {.id = "1",
       .smiles = "CCCOOONNN",
       .text = "aaabbbccc",
       .labels = {},
       .phrases = {{.begin = 0, .end = 3, .fragment = true, .atoms = {0, 1, 2}},
                   {.begin = 3, .end = 6, .fragment = true, .atoms = {3, 4, 5}},
                   {.begin = 6, .end = 9, .fragment = true, .atoms = {6, 7, 8}}}});
}

/// Tokens of one byte, then right sets with these partners.
std::string answer(const std::string& match) {
  return R"({"levels":[{"molecule":[0,1,2,3,4,5,6,7,8],"text":[0,1,2,3,4,5,6,7,8],)"
         R"("match":[0,1,2,3,4,5,6,7,8]},)"
         R"({"molecule":[0,0,0,1,1,1,2,2,2],"text":[0,0,0,1,1,1,2,2,2],"match":)" +
         match + "}]}";
}

struct Place {
  explicit Place(const std::string& prediction) {
    // The same example with other spaces at the end: another digest, and so other controls.
    for (std::size_t i = 0; i < kRows; ++i) {
      inputs.push_back(fmt::format("{}", i));
      references.push_back(truth() + std::string(i, ' '));
    }
    std::vector<results::Row> rows;
    for (std::size_t i = 0; i < kRows; ++i)
      rows.push_back({.input = inputs[i], .reference = references[i], .prediction = prediction});
    results::StoreWriter writer(dir / "s.db", true, "{}");
    const results::Run run = test::add_texts(
        writer,
        {.model = "mine", .task = "fragment-alignment", .dataset = {}, .split = {}, .seed = {}},
        rows);
    const ScoringOptions options{.resamples = 0, .jobs = 1};
    Scorer scorer(metrics::find_protocol("cupel"), run.cell.task, {}, options);
    static_cast<void>(score_run(writer, run, scorer, options));
  }

  test::TempDir dir;
  std::vector<std::string> inputs;
  std::vector<std::string> references;
};

/// Of one metric, by control.
std::vector<ControlledScore> scores(const Place& place, const std::string& metric) {
  results::Store store(place.dir / "s.db");
  const results::Run run = store.runs().at(0);
  for (const results::Measurement& measurement : store.measurements(run)) {
    if (measurement.metric == metric) return controlled_scores(store, run, measurement, {});
  }
  return {};
}

}  // namespace

TEST_CASE("right sets are above all controls, with a small p") {
  const Place place(answer("[0,1,2]"));
  const auto pair = scores(place, "ari-pair-2");
  REQUIRE(pair.size() == 3);
  for (const ControlledScore& score : pair) {
    CAPTURE(score.control);
    CHECK(score.value == 1.0);
    CHECK(score.chance < 0.8);
    CHECK(score.p < 0.01);
    CHECK(score.n == kRows);
  }
  CHECK(pair[0].control == "shuffled");
  CHECK(pair[1].control == "rotated");
  CHECK(pair[2].control == "rematched");
  CHECK(scores(place, "ari-molecule-2").size() == 2);
  CHECK(scores(place, "ari-molecule-3").empty());  // no example counts
}

TEST_CASE("right sets with wrong partners are above chance on each side alone") {
  const Place place(answer("[1,2,0]"));
  for (const ControlledScore& score : scores(place, "ari-molecule-2")) CHECK(score.p < 0.01);
  for (const ControlledScore& score : scores(place, "ari-pair-2")) CHECK(score.p > 0.99);
}

TEST_CASE("tokens by themselves are not above chance") {
  const Place place(answer("[0,1,2]"));
  for (const ControlledScore& score : scores(place, "ari-molecule-1")) CHECK(score.p == 1.0);
}
