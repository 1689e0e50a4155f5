// The published MolT5 predictions, row by row against the shared goldens.
#include <map>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/chem/inchi.h"
#include "metrics/molecule/exact_match.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/molecule/levenshtein.h"
#include "metrics/molecule/validity.h"
#include "tests/metrics/molecule/rows.h"

using namespace cupel::metrics;
using cupel::test::real_data;
using cupel::test::Rows;
using cupel::test::table;

namespace {

Rows rows_of(const std::string& file) {
  auto cells = table(real_data("molt5/" + file), '\t');
  REQUIRE(cells.at(0) == std::vector<std::string>{"description", "ground truth", "output"});
  Rows rows;
  for (std::size_t i = 1; i < cells.size(); ++i) rows.emplace_back(cells[i].at(2), cells[i].at(1));
  return rows;
}

std::unique_ptr<PairMetric> make(const std::string& column) {
  auto choices = cupel::test::molt5_choices();
  if (column == "valid") return make_validity(choices);
  if (column == "levenshtein") return make_levenshtein(choices);
  if (column == "maccs") return make_maccs(choices);
  if (column == "rdk") return make_rdk(choices);
  if (column == "morgan") return make_morgan(choices);
  choices.set("exact", column.substr(std::string("exact_").size()));
  return make_exact(choices);
}

// What corpus_metrics.csv holds for one file under RDKit 2025.03.1 or without RDKit.
std::map<std::string, double> corpus_values(const std::string& file) {
  std::map<std::string, double> values;
  for (const auto& row : table(real_data("golden/corpus_metrics.csv"), ',')) {
    if (row.at(0) != file) continue;
    std::string line;
    for (const std::string& cell : row) line += cell + ",";
    if (!line.contains("2022.09")) values[row.at(2)] = std::stod(row.at(3));
  }
  return values;
}

void check_file(const std::string& stem) {
  if (!cupel::chem::has_inchi()) SKIP("this build has no InChI");
  const Rows rows = rows_of(stem + ".txt");
  const auto golden = table(real_data("golden/per_example_" + stem + ".csv"), ',');
  REQUIRE(rows.size() == 3300);
  REQUIRE(golden.size() == rows.size() + 1);
  const auto corpus = corpus_values(stem + ".txt");
  const std::map<std::string, std::string> named = {{"valid", "validity"},
                                                    {"exact_inchi", "exact_inchi"},
                                                    {"levenshtein", "levenshtein_mean"},
                                                    {"maccs", "maccs_fts"},
                                                    {"rdk", "rdk_fts"},
                                                    {"morgan", "morgan_fts"}};

  MoleculeCache cache;
  for (std::size_t column = 1; column < golden[0].size(); ++column) {
    const std::string& name = golden[0][column];
    INFO(name);
    const auto metric = make(name);
    const auto measured = cupel::test::measured(*metric, rows, cache);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string& cell = golden[i + 1].at(column);
      const auto row = measured.row(i);
      const bool counts = row[1] == 1.0;
      wrong +=
          static_cast<std::size_t>(cell.empty() ? counts : !counts || row[0] != std::stod(cell));
    }
    CHECK(wrong == 0);  // bit for bit
    if (named.contains(name)) {
      CHECK_THAT(metric->score(measured).value(),
                 Catch::Matchers::WithinAbs(corpus.at(named.at(name)), 1e-12));
    }
  }
}

}  // namespace

TEST_CASE("All 3,300 rows of molt5-large are scored as by MolT5's scripts") {
  check_file("molt5-large-caption2smiles");
}

TEST_CASE("All 3,300 rows of molt5-small are scored as by MolT5's scripts") {
  check_file("molt5-small-caption2smiles");
}

TEST_CASE("The 200 shared pairs have the recorded facts on both sides") {
  cupel::chem::silence_rdkit();
  const std::string lines = cupel::read_file(real_data("golden/molecule_pairs_200.jsonl"));
  MoleculeCache cache;
  MoleculeCache folded({}, 2048);
  std::istringstream stream(lines);
  std::size_t compared = 0;
  for (std::string line; std::getline(stream, line); ++compared) {
    const auto entry = cupel::parse_json(line, "molecule_pairs_200.jsonl");
    const auto text = [&](const char* key) { return cupel::test::member(entry, key).text; };
    INFO(line);
    const MoleculeFacts& truth = cache.get(text("ground_truth"));
    const MoleculeFacts& output = cache.get(text("output"));
    CHECK(output.parsed().has_value() == cupel::test::member(entry, "valid").truth);
    if (!output.parsed().has_value()) continue;
    CHECK(truth.canonical() == text("canonical_ground_truth"));
    if (cupel::chem::has_inchi()) CHECK(truth.inchi() == text("inchi_ground_truth"));
    CHECK(output.canonical() == text("canonical_output"));
    if (cupel::chem::has_inchi()) CHECK(output.inchi() == text("inchi_output"));
    CHECK_THAT(
        cupel::chem::tanimoto(folded.get(text("ground_truth")).morgan_bits(),
                              folded.get(text("output")).morgan_bits()),
        Catch::Matchers::WithinULP(cupel::test::member(entry, "morgan_bits2048_r2").real, 1));
  }
  CHECK(compared == 200);
}
