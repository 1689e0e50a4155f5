/// Scores made under hidden choices, for tests of the search that must find these.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/run/explain.h"
#include "metrics/protocol.h"
#include "results/prediction_file.h"
#include "tests/support/paths.h"

namespace cupel::test {

/// The combination with these choices changed.
inline Combination combination(const ExplainScores& scores,
                               const std::map<std::string, std::string>& changes) {
  const auto& choices = scores.space().choices;
  Combination made(choices.size());
  for (const auto& [key, value] : changes) {
    const auto choice = std::ranges::find(choices, key, &ExplainChoice::key);
    REQUIRE(choice != choices.end());
    const auto at = std::ranges::find(choice->to, value);
    REQUIRE(at != choice->to.end());
    made[static_cast<std::size_t>(choice - choices.begin())] =
        static_cast<std::uint8_t>(1 + (at - choice->to.begin()));
  }
  return made;
}

inline metrics::TaskProtocol molt5(const std::string& section) {
  return metrics::find_protocol("molt5").task(section);
}

/// Of a file below $CUPEL_DATA; skips the test without it.
inline std::vector<TextPair> real_pairs(const std::string& name, const std::string& task) {
  const auto file = results::read_prediction_file(real_data(name), task);
  std::vector<TextPair> pairs;
  for (const results::PredictionRow& row : file.rows)
    pairs.push_back(
        {.prediction = std::string(row.prediction), .reference = std::string(row.reference)});
  return pairs;
}

/// 150 pairs of molecules with all that files of the field have: missing marks of double bonds,
/// names behind a space, other spellings, other stereo, special tokens, empty and broken strings.
inline std::vector<TextPair> synthetic_pairs() {
  std::mt19937 random(3);
  std::vector<TextPair> pairs;
  const std::vector<std::string> parts = {"C", "CC",  "O",   "N",         "C(=O)O", "c1ccccc1",
                                          "S", "CCl", "C=C", "[C@H](C)O", "OC",     "C#N"};
  for (std::size_t i = 0; i < 150; ++i) {
    std::string reference = i % 3 == 0 ? "C/C=C\\C" : i % 7 == 0 ? "N/N=C/C" : "C";
    for (std::size_t part = 0; part < 2 + random() % 4; ++part)
      reference += parts[random() % (parts.size() - 1)];
    std::string prediction = reference;
    std::erase(prediction, '\\');
    const std::size_t kind = random() % 10;
    if (kind == 0) prediction += " CC";
    if (kind == 1) prediction = "OC" + prediction;
    if (kind == 2) prediction += "(";
    if (kind == 3) prediction += "</s>";
    if (kind == 4) prediction = i % 20 == 0 ? "" : prediction + "C";
    if (kind == 5) prediction += parts[random() % (parts.size() - 1)];
    if (kind == 6) prediction = " " + prediction;
    pairs.push_back({.prediction = prediction, .reference = reference});
  }
  return pairs;
}

inline ExplainScores synthetic(const std::string& metric) {
  return {synthetic_pairs(),
          metrics::find_protocol("molt5").task("generation"),
          "generation",
          metric,
          {},
          2};
}

struct Recovered {
  std::size_t reached = 0;       ///< by a set as small as the planted one, or smaller
  std::size_t with_planted = 0;  ///< … of which one is it, or gives its very score
  std::size_t smaller = 0;       ///< cases where fewer choices reach the printed number
  std::size_t sets = 0;          ///< that were listed, over all cases
  void add(const Recovered& other) {
    reached += other.reached;
    with_planted += other.with_planted;
    smaller += other.smaller;
    sets += other.sets;
  }
};

/// All sets of up to three choices, which are then known to the scores.
inline Explanation search_all(ExplainScores& scores) {
  return explain(scores, ExplainTarget::parse("-1.00000000"), 3);
}

/// Whether each of the changes changes the score: most do nothing to most files.
inline bool all_matter(ExplainScores& scores, const Combination& chosen) {
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    Combination without = chosen;
    without[c] = 0;
    if (chosen[c] > 0 && scores.score(without) == scores.score(chosen)) return false;
  }
  return true;
}

inline Combination planted_set(ExplainScores& scores, std::mt19937& random) {
  const auto& choices = scores.space().choices;
  while (true) {
    Combination planted(choices.size());
    const std::size_t size = 1 + random() % 3;
    for (std::size_t changed = 0; changed < size;) {
      const std::size_t c = random() % choices.size();
      if (planted[c] > 0) continue;
      planted[c] = static_cast<std::uint8_t>(1 + random() % choices[c].to.size());
      ++changed;
    }
    if (scores.score(planted) && all_matter(scores, planted)) return planted;
  }
}

/// One to three random choices that matter are changed, the score is printed with so many digits
/// behind the point, and searched for.
inline Recovered plant(ExplainScores& scores, std::mt19937& random, int digits) {
  const Combination planted = planted_set(scores, random);
  const std::size_t size = changes_of(scores.space(), planted).size();
  const auto value = scores.score(planted);
  const Explanation found =
      explain(scores, ExplainTarget::parse(fmt::format("{:.{}f}", *value, digits)), 3);
  const auto is_it = [&](const ExplainedSet& set) {
    return set.changes == changes_of(scores.space(), planted) ||
           std::abs(set.value - *value) < 1e-12;
  };
  const bool reached = !found.sets.empty() && found.sets.front().changes.size() <= size;
  return {.reached = reached ? 1U : 0U,
          .with_planted = reached && std::ranges::any_of(found.sets, is_it) ? 1U : 0U,
          .smaller = reached && found.sets.front().changes.size() < size ? 1U : 0U,
          .sets = found.sets.size()};
}

}  // namespace cupel::test
