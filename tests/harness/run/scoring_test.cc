#include "harness/run/scoring.h"

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "metrics/protocol.h"
#include "results/prediction_file.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::WithinAbs;

ScoringFiles files_for_tests(bool real) {
  ScoringFiles files;
  files.wordnet = "/usr/share/wordnet";
  files.piece_module = CUPEL_SENTENCEPIECE_MODULE;
  if (real) {
    files.wordpiece = test::real_data("scibert/vocab.txt");
    files.t5_pieces = test::real_data("t5_spiece/spiece.model");
  }
  return files;
}

std::vector<ScoringPair> pairs_of(const results::PredictionFile& file) {
  std::vector<ScoringPair> pairs;
  for (const auto& row : file.rows)
    pairs.push_back({.prediction = row.prediction, .reference = row.reference});
  return pairs;
}

std::map<std::string, Score> by_metric(const ScoredPairs& scored) {
  std::map<std::string, Score> scores;
  for (const Score& score : scored.scores) scores[score.metric] = score;
  return scores;
}

/// The rows of a golden CSV file without quotes: header and cells.
std::vector<std::map<std::string, std::string>> read_csv(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::map<std::string, std::string>> rows;
  std::vector<std::string> header;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::stringstream rest(line);
    for (std::string cell; std::getline(rest, cell, ',');) cells.push_back(cell);
    if (line.ends_with(',')) cells.emplace_back();
    if (header.empty()) {
      header = cells;
      continue;
    }
    REQUIRE(cells.size() == header.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == 0) rows.emplace_back();
      rows.back()[header[i]] = cells[i];
    }
  }
  return rows;
}

ScoredPairs score_real(const std::string& name, const std::string& task,
                       const std::string& protocol) {
  const auto file = results::read_prediction_file(test::real_data("molt5/" + name), task);
  Scorer scorer(metrics::find_protocol(protocol), task, files_for_tests(true), {.resamples = 0});
  return scorer.score(pairs_of(file));
}

double own_value(const ScoredPairs& scored, const std::string& metric, std::size_t row) {
  for (const MetricStatistics& statistics : scored.statistics) {
    if (statistics.metric == metric) return statistics.table.row(row)[0];
  }
  FAIL("no metric " << metric);
  return 0;
}

}  // namespace

TEST_CASE("real data: every caption metric equals the golden value, per corpus and per example") {
  const std::map<std::string, std::map<std::string, double>> corpus = {
      {"molt5-large-smiles2caption.txt",
       {{"bleu-2", 0.5876929579470722},
        {"bleu-4", 0.5022637265221408},
        {"rouge-1", 0.6528912825000909},
        {"rouge-2", 0.5084292862770899},
        {"rouge-l", 0.5928798267208989},
        {"meteor", 0.6141884692990875}}},
      {"t5-v1_1-small-smiles2caption.txt",
       {{"bleu-2", 0.5152165417770174},
        {"bleu-4", 0.4242547828912369},
        {"rouge-1", 0.5999827113467852},
        {"rouge-2", 0.44503492851905224},
        {"rouge-l", 0.5423381252935066},
        {"meteor", 0.5381384531640859}}}};
  for (const auto& [name, expected] : corpus) {
    const ScoredPairs scored = score_real(name, "captioning", "molt5");
    for (const auto& [metric, value] : expected) {
      INFO(name << " " << metric);
      CHECK_THAT(by_metric(scored).at(metric).value.value(), WithinAbs(value, 1e-12));
    }
    const auto golden =
        read_csv(test::real_data("golden/per_example_" + name.substr(0, name.size() - 4) + ".csv"));
    REQUIRE(golden.size() == 3300);
    double worst = 0;
    for (std::size_t i = 0; i < golden.size(); ++i) {
      const std::pair<const char*, const char*> columns[] = {{"rouge-1", "rouge1_f"},
                                                             {"rouge-2", "rouge2_f"},
                                                             {"rouge-l", "rougeL_f"},
                                                             {"meteor", "meteor_nltk_3_9_1"}};
      for (const auto& [metric, column] : columns) {
        worst = std::max(worst,
                         std::abs(own_value(scored, metric, i) - std::stod(golden[i].at(column))));
      }
    }
    CHECK(worst <= 1e-12);
  }
}

TEST_CASE("real data: every molecule metric equals the golden value, per corpus and per example") {
  chem::silence_rdkit();
  const std::map<std::string, std::map<std::string, double>> corpus = {
      {"molt5-large-caption2smiles.txt",
       {{"bleu", 0.8579212285682275},
        {"exact", 0.3181818181818182},
        {"levenshtein", 15.957272727272727},
        {"validity", 0.9584848484848485},
        {"maccs", 0.8893729707363264},
        {"rdk", 0.8125023088447566},
        {"morgan", 0.7495574399590816}}},
      {"molt5-small-caption2smiles.txt",
       {{"bleu", 0.7490187345093594},
        {"exact", 0.08151515151515151},
        {"levenshtein", 28.816060606060606},
        {"validity", 0.7245454545454546},
        {"maccs", 0.7801160258977211},
        {"rdk", 0.6538131831724768},
        {"morgan", 0.6011938900213433}}}};
  for (const auto& [name, expected] : corpus) {
    const ScoredPairs scored = score_real(name, "generation", "molt5");
    for (const auto& [metric, value] : expected) {
      INFO(name << " " << metric);
      CHECK_THAT(by_metric(scored).at(metric).value.value(), WithinAbs(value, 1e-12));
    }
    const auto golden =
        read_csv(test::real_data("golden/per_example_" + name.substr(0, name.size() - 4) + ".csv"));
    REQUIRE(golden.size() == 3300);
    double worst = 0;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < golden.size(); ++i) {
      const bool valid = golden[i].at("valid") == "1";
      wrong += own_value(scored, "validity", i) != (valid ? 1.0 : 0.0);
      wrong += own_value(scored, "exact", i) != std::stod(golden[i].at("exact_inchi"));
      wrong += own_value(scored, "levenshtein", i) != std::stod(golden[i].at("levenshtein"));
      for (const char* metric : {"maccs", "rdk", "morgan"}) {
        if (valid)
          worst = std::max(
              worst, std::abs(own_value(scored, metric, i) - std::stod(golden[i].at(metric))));
      }
    }
    CHECK(wrong == 0);
    CHECK(worst <= 1e-12);
  }
}

TEST_CASE("real data: MolReGPT's captions are counted in T5 pieces") {
  // tests/oracle/molregpt_golden.py: the pieces of transformers 4.30.0, NLTK 3.9.1.
  const std::map<std::string, std::map<std::string, double>> corpus = {
      {"molt5-large-smiles2caption.txt",
       {{"bleu-2", 0.6118775460547757},
        {"bleu-4", 0.5365974928499637},
        {"meteor", 0.6203621832800458}}},
      {"t5-v1_1-small-smiles2caption.txt",
       {{"bleu-2", 0.5449178277017311},
        {"bleu-4", 0.4622889623061022},
        {"meteor", 0.5471006869479262}}}};
  for (const auto& [name, expected] : corpus) {
    const auto scores = by_metric(score_real(name, "captioning", "molregpt"));
    for (const auto& [metric, value] : expected) {
      INFO(name << " " << metric);
      CHECK_THAT(scores.at(metric).value.value(), WithinAbs(value, 1e-12));
    }
  }
}

TEST_CASE(
    "real data: OpenBioMed's two ways to score one caption file differ, and its live loop agrees "
    "with MolT5") {
  const auto molt5 = by_metric(score_real("molt5-large-smiles2caption.txt", "captioning", "molt5"));
  const auto live =
      by_metric(score_real("molt5-large-smiles2caption.txt", "captioning", "openbiomed"));
  const auto from_file =
      by_metric(score_real("molt5-large-smiles2caption.txt", "captioning", "openbiomed-from-file"));
  for (const char* metric : {"bleu-2", "bleu-4", "rouge-1", "rouge-2", "rouge-l", "meteor"}) {
    INFO(metric);
    CHECK(live.at(metric).value ==
          molt5.at(metric).value);  // no output of this file starts with "[CLS] "
  }
  for (const char* metric : {"bleu-2", "bleu-4", "meteor"}) {
    INFO(metric);
    CHECK(from_file.at(metric).value != molt5.at(metric).value);
  }
}

TEST_CASE("a [CLS] in front of an output counts for OpenBioMed and not for MolT5") {
  const std::vector<ScoringPair> pairs = {
      {.prediction = "[CLS] The molecule is an acid.", .reference = "The molecule is an acid."}};
  const auto score = [&](const char* protocol) {
    Scorer scorer(metrics::find_protocol(protocol), "captioning", files_for_tests(true),
                  {.resamples = 0});
    return by_metric(scorer.score(pairs)).at("rouge-1").value.value();
  };
  CHECK(score("molt5") == 1.0);
  CHECK(score("openbiomed") <
        1.0);  // BLEU drops [CLS] with the special tokens; ROUGE reads the raw text
}

TEST_CASE("scores do not depend on the number of threads or on what was scored before") {
  chem::silence_rdkit();
  const auto file = results::read_prediction_file(test::suite("generation.tsv"), "generation");
  const auto score = [&](unsigned jobs, int times) {
    Scorer scorer(metrics::find_protocol("cupel"), "generation", files_for_tests(false),
                  {.resamples = 200, .jobs = jobs});
    ScoredPairs scored;
    for (int i = 0; i < times; ++i) scored = scorer.score(pairs_of(file));
    return scored;
  };
  const ScoredPairs once = score(1, 1);
  for (const ScoredPairs& other : {score(3, 1), score(2, 2)}) {
    for (std::size_t m = 0; m < once.scores.size(); ++m) {
      CHECK(other.scores[m].value == once.scores[m].value);
      CHECK(other.scores[m].low == once.scores[m].low);
      CHECK(other.scores[m].high == once.scores[m].high);
      CHECK(other.statistics[m].table == once.statistics[m].table);
    }
  }
}

TEST_CASE("a quirk between two protocols shows on the bundled examples") {
  chem::silence_rdkit();
  const auto file = results::read_prediction_file(test::suite("generation.tsv"), "generation");
  const auto score = [&](const char* protocol) {
    Scorer scorer(metrics::find_protocol(protocol), "generation", files_for_tests(false),
                  {.resamples = 0});
    return by_metric(scorer.score(pairs_of(file)));
  };
  const auto molt5 = score("molt5");
  const auto own = score("cupel");
  CHECK(molt5.at("bleu").value == own.at("bleu").value);
  CHECK(molt5.at("validity").value.value() >
        own.at("validity").value.value());  // the empty output, and "C/C=C C"
  CHECK(molt5.at("maccs").value.value() >
        own.at("maccs").value.value());  // invalid rows count as zero
  CHECK(molt5.at("maccs").n < own.at("maccs").n);
  CHECK(own.at("maccs").n == file.rows.size());
}

TEST_CASE("a protocol without what it needs is refused before anything is scored") {
  const auto code_of = [](const char* protocol, const char* task, ScoringFiles files) {
    try {
      const Scorer scorer(metrics::find_protocol(protocol), task, files, {});
    } catch (const Error& error) {
      CHECK_FALSE(error.hint().empty());
      return error.code();
    }
    FAIL("accepted");
    return Code::kStore;
  };
  ScoringFiles files = files_for_tests(false);
  CHECK(code_of("molt5", "captioning", files) == Code::kUsage);     // no vocabulary
  CHECK(code_of("molregpt", "captioning", files) == Code::kUsage);  // no pieces
  files.wordnet = "/nowhere";
  CHECK(code_of("cupel", "captioning", files) == Code::kCapability);
  CHECK(code_of("openbiomed-from-file", "generation", files) == Code::kUsage);
  CHECK(code_of("molt5", "property-bbbp", files) == Code::kUsage);
}
