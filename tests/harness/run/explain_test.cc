#include "harness/run/explain.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "metrics/retrieval/rank_text.h"
#include "tests/harness/run/planted_choices.h"
#include "tests/support/datasets.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using Catch::Matchers::WithinAbs;
using namespace cupel;

bool holds(const char* printed, double value) { return ExplainTarget::parse(printed).holds(value); }

std::string shown(const std::vector<ChangedChoice>& changes) {
  std::string all;
  for (const ChangedChoice& one : changes) all += one.key + "=" + one.to + " ";
  return all;
}

}  // namespace

TEST_CASE("a printed number stands for all that is rounded to it") {
  CHECK(holds("0.721", 0.7205));
  CHECK(holds("0.721", 0.7215));
  CHECK_FALSE(holds("0.721", 0.72151));
  CHECK_FALSE(holds("0.721", 0.72049));
  CHECK(holds("72.1%", 0.7214));
  CHECK_FALSE(holds("72.10%", 0.7214));
  CHECK(holds("16.07", 16.0749));
  CHECK(holds("-1", -1.5));
  for (const char* bad : {"", ".", "%", "1e3", "nan", "0x1", "0.7 ", "1.2.3", "--1", "0,721"})
    CHECK_THAT(test::said_by([&] { return ExplainTarget::parse(bad); }), StartsWith("2: "));
}

TEST_CASE("one changed choice is found, and what is like it is listed") {
  ExplainScores scores = test::synthetic("exact");
  const auto target = ExplainTarget::parse(
      fmt::format("{:.6f}", *scores.score(test::combination(scores, {{"exact", "string"}}))));
  const Explanation found = explain(scores, target, 3);
  REQUIRE_FALSE(found.sets.empty());
  CHECK(found.size == 1);
  std::string all;
  for (const ExplainedSet& set : found.sets) {
    CHECK(set.changes.size() == 1);
    all += shown(set.changes);
  }
  CHECK_THAT(all, ContainsSubstring("exact=string "));
  CHECK_FALSE(found.nearest);
}

TEST_CASE("no change is the smallest set, and what cannot be reached is said") {
  ExplainScores scores = test::synthetic("exact");
  const double value = *scores.score(test::combination(scores, {}));
  const Explanation same = explain(scores, ExplainTarget::parse(fmt::format("{:.4f}", value)), 2);
  REQUIRE(same.sets.size() == 1);
  CHECK(same.sets[0].changes.empty());
  CHECK(same.tried == 1);
  const Explanation none = explain(scores, ExplainTarget::parse("0.999999"), 2);
  CHECK(none.sets.empty());
  CHECK(none.size == 2);
  REQUIRE(none.nearest);
  CHECK(none.nearest->value < 0.99);
  std::size_t values = 0;
  std::size_t pairs = 0;
  for (const ExplainChoice& one : scores.space().choices) {
    pairs += values * one.to.size();
    values += one.to.size();
  }
  CHECK(none.tried == 1 + values + pairs);
  CHECK(none.scores > 3);
  CHECK(none.by_chance > 0.0);
  CHECK(none.by_chance < 0.01);
}

TEST_CASE("planted choices are found, or as few that give the same number") {
  chem::silence_rdkit();
  std::size_t cases = 0;
  test::Recovered all;
  for (const char* metric : {"bleu", "exact", "levenshtein", "validity", "maccs", "morgan"}) {
    ExplainScores scores = test::synthetic(metric);
    std::mt19937 random(static_cast<unsigned>(metric[0]) + 5);
    (void)test::search_all(scores);
    for (int i = 0; i < 3; ++i, ++cases) all.add(test::plant(scores, random, 4));
  }
  CHECK(cases == 18);
  CHECK(all.reached == cases);
  CHECK(all.with_planted * 100 >= cases * 75);
}

TEST_CASE("numbers that nobody computed are reached as seldom as is said") {
  chem::silence_rdkit();
  for (const char* metric : {"bleu", "levenshtein"}) {
    ExplainScores scores = test::synthetic(metric);
    const double value = *scores.score(test::combination(scores, {}));
    std::mt19937 random(31);
    double expected = 0.0;
    double reached = 0.0;
    for (int i = 0; i < 300; ++i) {  // near the score, where published numbers are
      const double near = value * (0.95 + 0.1 * static_cast<double>(random() % 10'000) / 10'000);
      const Explanation found =
          explain(scores, ExplainTarget::parse(fmt::format("{:.3f}", near)), 2);
      expected += 1 - std::exp(-found.by_chance);
      reached += found.sets.empty() ? 0 : 1;
    }
    INFO(metric << ": " << reached << " of 300 reached, " << expected << " expected");
    CHECK(reached > 5);
    CHECK(reached < 1.3 * expected + 5);
  }
}

TEST_CASE("the choices of ranks are searched, too") {
  std::vector<TextPair> pairs;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const metrics::TieRank rank{.better = i % 3, .equal = i % 2, .candidates = 20};
    pairs.push_back({.prediction = metrics::write_ranks({&rank, 1}, {}), .reference = ""});
  }
  metrics::TaskProtocol task = metrics::find_protocol("cupel").task("retrieval");
  ExplainScores scores(pairs, task, "retrieval", "recall@1", {}, 1);
  REQUIRE(scores.space().choices.size() == 1);
  const double best = *scores.score(test::combination(scores, {{"ties", "optimistic"}}));
  CHECK_THAT(best, WithinAbs(7.0 / 20, 1e-12));
  const Explanation found = explain(scores, ExplainTarget::parse("0.350"), 1);
  REQUIRE(found.sets.size() == 1);
  CHECK(shown(found.sets[0].changes) == "ties=optimistic ");
}
