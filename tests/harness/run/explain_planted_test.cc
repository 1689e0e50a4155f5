// The search must find choices that were hidden in a score, on real prediction files.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/json.h"
#include "tests/harness/run/planted_choices.h"

namespace {

using namespace cupel;

struct Source {
  std::string file;
  std::string task;
  std::vector<std::string> metrics;
};

const std::vector<Source>& sources() {
  static const std::vector<Source> all = {
      {"molt5/molt5-large-caption2smiles.txt",
       "generation",
       {"bleu", "exact", "levenshtein", "validity", "maccs", "rdk", "morgan"}},
      {"molt5/molt5-small-caption2smiles.txt",
       "generation",
       {"bleu", "exact", "levenshtein", "validity", "maccs", "rdk", "morgan"}},
      {"molt5/molt5-large-smiles2caption.txt",
       "captioning",
       {"bleu-2", "bleu-4", "rouge-1", "rouge-l", "meteor"}}};
  return all;
}

ScoringFiles files() {
  return {.wordpiece = test::real_data("scibert/vocab.txt"),
          .t5_pieces = test::real_data("t5_spiece/spiece.model"),
          .piece_module = CUPEL_SENTENCEPIECE_MODULE,
          .wordnet = "/usr/share/wordnet"};
}

void write_search(JsonWriter& json, ExplainScores& scores, const std::string& what) {
  const auto start = std::chrono::steady_clock::now();
  const Explanation all = test::search_all(scores);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  json.begin_object().key("what").value(what).key("sets").value(all.tried);
  json.key("scores").value(all.scores).key("seconds").value(seconds.count()).end_object();
}

}  // namespace

TEST_CASE("choices hidden in scores of a real file are found") {
  chem::silence_rdkit();
  const auto pairs = test::real_pairs("molt5/molt5-small-caption2smiles.txt", "generation");
  std::mt19937 random(4);
  test::Recovered all;
  ExplainScores scores(pairs, test::molt5("generation"), "generation", "levenshtein", {}, 0);
  (void)test::search_all(scores);
  for (int i = 0; i < 10; ++i) all.add(test::plant(scores, random, 3));
  CHECK(all.reached == 10);
}

// 200 cases over all files and metrics, at three numbers of printed digits; the figures go to
// reports/measured/explain.json. CUPEL_DATA=… cupel_tests "[planted]"
TEST_CASE("planted choices, measured", "[.planted]") {
  constexpr std::size_t kCases = 200;
  chem::silence_rdkit();
  std::size_t places = 0;
  for (const Source& source : sources()) places += source.metrics.size();
  JsonWriter json;
  json.begin_object().key("cases").value(kCases).key("searches").begin_array();
  std::vector<std::pair<int, test::Recovered>> totals = {{3, {}}, {4, {}}, {6, {}}};
  std::size_t done = 0;
  std::size_t place = 0;
  for (const Source& source : sources()) {
    const auto pairs = test::real_pairs(source.file, source.task);
    for (const std::string& metric : source.metrics) {
      ExplainScores scores(pairs, test::molt5(source.task), source.task, metric, files(), 0);
      write_search(json, scores, source.file + " " + metric);
      const std::size_t end = kCases * ++place / places;
      for (; done < end; ++done) {
        for (auto& [digits, total] : totals) {
          std::mt19937 random(static_cast<unsigned>(done));  // the same choices for all digits
          total.add(test::plant(scores, random, digits));
        }
      }
      std::fprintf(stderr, "%s %s: %zu cases\n", source.file.c_str(), metric.c_str(), done);
    }
  }
  json.end_array().key("digits").begin_array();
  for (const auto& [digits, total] : totals) {
    json.begin_object().key("digits").value(std::int64_t{digits});
    json.key("reached").value(total.reached).key("with_planted").value(total.with_planted);
    json.key("by_fewer").value(total.smaller).key("sets").value(total.sets).end_object();
    CHECK(total.reached * 100 >= kCases * 95);
  }
  std::printf("%s", json.end_array().end_object().str().c_str());
}
