// Scores under changed choices against what others computed on MolT5's published files.
#include "harness/run/explain_scores.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/chem/molecule.h"
#include "harness/run/explain_measures.h"
#include "harness/run/scoring.h"
#include "tests/harness/run/planted_choices.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::WithinAbs;
using namespace cupel;
using Changes = std::map<std::string, std::string>;

/// Figures were published with three or four digits, some with RDKit 2022.09, which reads at most
/// three rows of a file otherwise.
constexpr double kPrinted = 0.0007;

struct Golden {
  std::string metric;
  Changes changes;
  double large;
  double small;
};

double value_of(ExplainScores& scores, const Changes& changes) {
  const auto value = scores.score(test::combination(scores, changes));
  REQUIRE(value);
  return *value;
}

void check(const std::string& metric, const Changes& changes, double expected,
           ExplainScores& scores) {
  INFO(metric);
  for (const auto& [key, value] : changes) UNSCOPED_INFO(key << " = " << value);
  const double tolerance = metric == "levenshtein" ? 10 * kPrinted : kPrinted;
  CHECK_THAT(value_of(scores, changes), WithinAbs(expected, tolerance));
}

const ScoringFiles kFiles{.wordnet = "/usr/share/wordnet"};

/// With tokens that need no vocabulary.
metrics::TaskProtocol words_only(metrics::TaskProtocol task) {
  if (task.choices.text("tokens") == "scibert") task.choices.set("tokens", std::string("13a"));
  return task;
}

std::vector<TextPair> sentences() {
  std::mt19937 random(12);
  const std::vector<std::string> words = {"The",   "molecule", "is",      "an",      "acid.",
                                          "acids", "[CLS]",    "Acidic",  "of",      "a",
                                          "salt,", "salts",    "</s>",    "derived", "from",
                                          "water", "  ",       "running", "anion.",  "role"};
  const auto sentence = [&] {
    std::string text = random() % 5 == 0 ? "[CLS] " : "";
    for (std::size_t i = random() % 12; i > 0; --i) text += words[random() % words.size()] + " ";
    return text;
  };
  std::vector<TextPair> pairs;
  for (std::size_t i = 0; i < 80; ++i) {
    std::string reference = sentence() + "The end";
    std::string prediction = i % 3 == 0 ? sentence() : sentence() + reference;
    pairs.push_back({.prediction = std::move(prediction), .reference = std::move(reference)});
  }
  return pairs;
}

/// Up to three random changes each.
std::vector<Combination> random_sets(const ExplainSpace& space, std::size_t count) {
  std::mt19937 random(9);
  std::vector<Combination> sets;
  for (std::size_t i = 0; i < count; ++i) {
    Combination chosen(space.choices.size());
    for (int change = 0; change < 3; ++change) {
      const std::size_t c = random() % space.choices.size();
      chosen[c] = static_cast<std::uint8_t>(random() % (space.choices[c].to.size() + 1));
    }
    sets.push_back(chosen);
  }
  return sets;
}

/// The score of changed strings by the way that cupel score goes.
std::optional<double> by_scorer(std::vector<TextPair> pairs, const metrics::TaskProtocol& task,
                                const std::string& section, std::string metric,
                                const ExplainSpace& space, const Combination& chosen) {
  using Stage = ExplainChoice::Stage;
  metrics::MoleculeCache molecules;
  for (TextPair& pair : pairs) change(pair, changed_values(space, chosen, Stage::kText), molecules);
  const auto values = changed_values(space, chosen, Stage::kMeasure);
  metrics::Protocol protocol{.id = "changed", .tasks = {{section, task}}};
  protocol.tasks[section].choices = ExplainMeasures(task, metric, kFiles).choices(space, chosen);
  if (const auto other = values.find("metric"); other != values.end()) metric = other->second;
  protocol.tasks[section].metrics = {metric};
  Scorer scorer(protocol, section, kFiles, {.resamples = 0, .jobs = 1});
  std::vector<ScoringPair> texts;
  for (const TextPair& pair : pairs)
    texts.push_back({.prediction = pair.prediction, .reference = pair.reference});
  return scorer.score(texts).scores.front().value;
}

}  // namespace

TEST_CASE("choices of molecules on MolT5's files give what was computed elsewhere") {
  chem::silence_rdkit();
  // By Python's RDKit 2022.09 and NLTK 3.8, and by RDKit 2025.03 and NLTK 3.9.
  const std::vector<Golden> all = {
      {"exact", {{"exact", "string"}}, 0.3015, 0.0776},
      {"exact", {{"exact", "canonical"}}, 0.3142, 0.0806},
      {"exact", {{"exact", "canonical-no-stereo"}}, 0.4273, 0.1445},
      {"exact", {{"exact", "canonical"}, {"rows", "valid"}}, 0.3280, 0.1113},
      {"morgan", {{"morgan-radius", "3"}}, 0.7157, 0.5592},
      {"morgan", {{"morgan-bits", "2048"}}, 0.7410, 0.5934},
      {"morgan", {{"morgan-bits", "1024"}}, 0.7435, 0.5965},
      {"morgan", {{"invalid-similarity", "zero"}}, 0.7184, 0.4356},
      {"morgan", {{"metric", "maccs"}, {"invalid-similarity", "zero"}}, 0.8523, 0.5652},
      {"bleu", {{"metric", "bleu-2"}}, 0.9000, 0.8092},
      {"bleu", {{"rows", "valid"}}, 0.8677, 0.8149},
      {"levenshtein", {{"rows", "valid"}}, 13.37, 16.72}};
  for (const bool large : {true, false}) {
    const auto pairs = test::real_pairs(
        large ? "molt5/molt5-large-caption2smiles.txt" : "molt5/molt5-small-caption2smiles.txt",
        "generation");
    std::map<std::string, ExplainScores> scores;
    for (const Golden& golden : all) {
      auto& of_metric = scores
                            .try_emplace(golden.metric, pairs, test::molt5("generation"),
                                         "generation", golden.metric, ScoringFiles{}, 0U)
                            .first->second;
      check(golden.metric, golden.changes, large ? golden.large : golden.small, of_metric);
    }
  }
}

TEST_CASE("what files do to strings gives what was computed elsewhere") {
  chem::silence_rdkit();
  const Changes marks = {{"prediction-backslashes", "unknown-mark"}};
  const std::vector<Golden> all = {
      {"bleu", {{"reference-backslashes", "doubled"}}, 0.8537, 0},
      {"levenshtein", {{"reference-backslashes", "doubled"}}, 16.32, 0},
      {"exact", {{"reference-backslashes", "removed"}, {"exact", "string"}}, 0.383, 0}};
  const auto pairs = test::real_pairs("molt5/molt5-large-caption2smiles.txt", "generation");
  for (const Golden& golden : all) {
    ExplainScores scores(pairs, test::molt5("generation"), "generation", golden.metric, {}, 0);
    check(golden.metric, golden.changes, golden.large, scores);
  }
  // A reconstruction whose rule was told in words: near what another hand made of it.
  constexpr double kNear = 0.006;
  for (const auto& [metric, expected] : std::map<std::string, double>{
           {"validity", 0.899}, {"maccs", 0.837}, {"rdk", 0.751}, {"morgan", 0.688}}) {
    ExplainScores scores(pairs, test::molt5("generation"), "generation", metric, {}, 0);
    INFO(metric);
    CHECK_THAT(value_of(scores, marks), WithinAbs(expected, kNear));
  }
}

TEST_CASE("choices of texts on MolT5's files give what was computed elsewhere") {
  const ScoringFiles files{.wordpiece = test::real_data("scibert/vocab.txt")};
  const auto pairs = test::real_pairs("molt5/molt5-large-smiles2caption.txt", "captioning");
  // By NLTK 3.8, sacreBLEU's tokens and rouge_score 0.1.2 in Python.
  const std::vector<Golden> all = {
      {"bleu-2", {{"tokens", "white-space"}, {"max-tokens", "0"}}, 0.5449, 0},
      {"bleu-2", {{"tokens", "13a"}, {"max-tokens", "0"}}, 0.5772, 0},
      {"rouge-1", {{"stems", "porter"}}, 0.6578, 0},
      {"rouge-2", {{"stems", "porter"}}, 0.5122, 0},
      {"rouge-l", {{"stems", "porter"}}, 0.5966, 0}};
  for (const Golden& golden : all) {
    ExplainScores scores(pairs, test::molt5("captioning"), "captioning", golden.metric, files, 0);
    check(golden.metric, golden.changes, golden.large, scores);
  }
}

TEST_CASE("scores are those of cupel score on changed texts and choices, bit for bit") {
  chem::silence_rdkit();
  std::size_t compared = 0;
  for (const char* section : {"generation", "captioning"}) {
    const bool molecules = std::string(section) == "generation";
    const metrics::TaskProtocol task = words_only(test::molt5(section));
    for (const std::string& metric : task.metrics) {
      if (metric == "meteor" && !std::filesystem::exists("/usr/share/wordnet")) continue;
      const auto pairs = molecules ? test::synthetic_pairs() : sentences();
      ExplainScores scores(pairs, task, section, metric, kFiles, 2);
      const std::vector<Combination> sets = random_sets(scores.space(), 60);
      const auto together = scores.scores(sets);
      for (std::size_t i = 0; i < sets.size(); ++i) {
        if (!changed_values(scores.space(), sets[i], ExplainChoice::Stage::kAverage).empty())
          continue;
        INFO(metric << ", set " << i);
        CHECK(together[i] == by_scorer(pairs, task, section, metric, scores.space(), sets[i]));
        ++compared;
      }
    }
  }
  CHECK(compared > 400);
}

TEST_CASE("a score is the same alone, among others, and on any number of threads") {
  chem::silence_rdkit();
  for (const char* metric : {"bleu", "exact", "rdk", "morgan", "levenshtein"}) {
    ExplainScores one = test::synthetic(metric);
    ExplainScores other(test::synthetic_pairs(), test::molt5("generation"), "generation", metric,
                        {}, 1);
    const std::vector<Combination> sets = random_sets(one.space(), 40);
    const auto together = one.scores(sets);
    for (std::size_t i = sets.size(); i > 0; --i)
      CHECK(other.score(sets[i - 1]) == together[i - 1]);
    CHECK(one.scores(sets) == together);
  }
}

TEST_CASE("progress grows to the whole, and may end the search") {
  ExplainScores scores = test::synthetic("levenshtein");
  const std::vector<Combination> sets = random_sets(scores.space(), 10);
  std::vector<double> shares;
  (void)scores.scores(sets, [&](double share) { shares.push_back(share); });
  REQUIRE(shares.size() == 3);
  CHECK(std::ranges::is_sorted(shares));
  CHECK(shares.back() == 1.0);
  ExplainScores again = test::synthetic("levenshtein");
  CHECK_THROWS_AS(again.scores(sets, [](double) { throw std::runtime_error("enough"); }),
                  std::runtime_error);
}

TEST_CASE("rows of BLEU are averaged and smoothed as NLTK does") {
  // sentence_bleu of NLTK 3.9.1 (tests/oracle/explain_golden.py), weights of four.
  const std::vector<TextPair> pairs = {{"CCOCC", "CCOCN"}, {"CN", "CCOCN"}, {"", "CC"}};
  ExplainScores scores(pairs, test::molt5("generation"), "generation", "bleu", {}, 1);
  CHECK_THAT(value_of(scores, {{"average", "rows"}}), WithinAbs(0.22291343499214067, 1e-12));
  CHECK_THAT(value_of(scores, {{"average", "rows-method1"}}), WithinAbs(0.2464334190170464, 1e-12));
  CHECK_THAT(value_of(scores, {{"average", "rows-method2"}}), WithinAbs(0.3032991559818246, 1e-12));
}
