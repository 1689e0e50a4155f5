#include "reports/ledger.h"

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "harness/run/scoring.h"
#include "harness/run/store_scoring.h"
#include "metrics/classification/label_text.h"
#include "metrics/protocol.h"
#include "metrics/retrieval/rank_text.h"
#include "results/prediction_file.h"
#include "tests/harness/run/section_runs.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using namespace cupel::reports;
using Catch::Matchers::ContainsSubstring;
using results::PublishedCell;
using results::PublishedReason;

PublishedCell printed(const std::string& metric, const std::string& value,
                      const std::string& protocol = "molt5") {
  return {.paper = "p",
          .name = "P",
          .table = "T",
          .task = "captioning",
          .dataset = "chebi-20",
          .split = "test",
          .model = "M",
          .run_model = "m",
          .protocol = protocol,
          .metric = metric,
          .value = value,
          .unit = value.empty() ? "" : "fraction",
          .source = "s",
          .confidence = "high"};
}

ComputedCell scored(const std::string& metric, double value, const std::string& protocol = "molt5",
                    const std::string& run = "r1") {
  return {.run = run,
          .model = "m",
          .dataset = "chebi-20",
          .split = "test",
          .task = "captioning",
          .metric = metric,
          .protocol = protocol,
          .complete = true,
          .value = value,
          .n = 3300,
          .signature = "sig"};
}

std::vector<LedgerRow> ledger(const std::vector<PublishedCell>& published,
                              const std::vector<ComputedCell>& computed,
                              const std::vector<PublishedReason>& reasons = {}) {
  return make_ledger(published, computed, reasons);
}

TEST_CASE("Equal digits: rounding, its ties, and percent") {
  const auto agree = [](const char* digits, double value, const char* unit = "fraction") {
    return compare_printed(digits, unit, value);
  };
  CHECK(agree("0.594", 0.5935001) == Agreement::kEqual);
  CHECK(agree("0.594", 0.5944999) == Agreement::kEqual);
  CHECK(agree("0.594", 0.5934999) == Agreement::kWithinRounding);  // by way of 0.5935
  CHECK(agree("0.594", 0.5945001) == Agreement::kWithinRounding);
  CHECK(agree("0.594", 0.5934000) == Agreement::kNone);            // nobody rounds up
  CHECK(agree("0.594", 0.5949999) == Agreement::kWithinRounding);  // cut off
  CHECK(agree("0.594", 0.595) == Agreement::kNone);
  CHECK(agree("0.594", 0.593) == Agreement::kNone);
  // Ties: to even, or away from zero.
  CHECK(agree("0.084", 0.0845) == Agreement::kEqual);
  CHECK(agree("0.085", 0.0845) == Agreement::kEqual);
  CHECK(agree("0.084", 0.0835) == Agreement::kEqual);
  CHECK(agree("0.083", 0.0835) == Agreement::kWithinRounding);  // cut off
  CHECK(agree("59.4", 0.594499, "percent") == Agreement::kEqual);
  CHECK(agree("59.4", 0.5945, "percent") == Agreement::kEqual);
  CHECK(agree("59.4", 0.5955, "percent") == Agreement::kNone);
  CHECK(agree("59.4", 59.4, "percent") == Agreement::kNone);
  CHECK(agree("16.07", 16.074, "edits") == Agreement::kEqual);
  CHECK(agree("-0.5", -0.45) == Agreement::kEqual);
  CHECK(agree("-0.4", -0.45) == Agreement::kEqual);
  CHECK(agree("58", 0.576, "percent") == Agreement::kEqual);
  CHECK(agree("0.000", 0.0) == Agreement::kEqual);
  CHECK(agree("0.590", 0.5896) == Agreement::kEqual);
  CHECK(agree("0.590", 0.5887) == Agreement::kNone);
}

TEST_CASE("Equality means that the formatted digits agree, whatever the value and the digits") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::size_t equal = 0;
  std::size_t near = 0;
  for (int i = 0; i < 20000; ++i) {
    const int decimals = static_cast<int>(random() % 6);
    const double value = uniform(random) * (i % 3 == 0 ? 100 : 1);
    const double unit = std::pow(10.0, -decimals);
    const double shifted = std::abs(value + (uniform(random) * 6 - 3) * unit);
    const std::string digits = fmt::format("{:.{}f}", shifted, decimals);
    const bool same = digits == fmt::format("{:.{}f}", value, decimals);
    const Agreement agreement = compare_printed(digits, "fraction", value);
    INFO(digits << " and " << fmt::format("{:.17g}", value));
    CHECK((agreement == Agreement::kEqual) == same);
    const double distance = std::abs(value - std::stod(digits));
    if (!same && std::abs(distance / unit - 1) > 1e-6)
      CHECK((agreement != Agreement::kWithinRounding || distance < unit));
    const double cut = std::floor(value / unit) * unit;
    if (!same && std::abs(cut - std::stod(digits)) < 1e-9)
      CHECK(agreement == Agreement::kWithinRounding);
    equal += same ? 1 : 0;
    near += agreement == Agreement::kWithinRounding ? 1 : 0;
  }
  CHECK(equal > 1000);
  CHECK(near > 1000);
}

TEST_CASE("Significant digits leave out leading zeros only") {
  CHECK(significant_digits("0.590") == 3);
  CHECK(significant_digits("0.059") == 2);
  CHECK(significant_digits("59.0") == 3);
  CHECK(significant_digits("1.000") == 4);
  CHECK(significant_digits("0.000") == 0);
  CHECK(significant_digits("230") == 3);
}

TEST_CASE("The own protocol decides between equal, within rounding and differs") {
  const auto status = [](double value) {
    return ledger({printed("meteor", "0.614")}, {scored("meteor", value)}).at(0).status;
  };
  CHECK(status(0.6141884) == Status::kEqual);
  CHECK(status(0.6148) == Status::kWithinRounding);
  CHECK(status(0.6151) == Status::kDiffers);
  const auto row = ledger({printed("meteor", "0.614")}, {scored("meteor", 0.5)}).at(0);
  CHECK(row.reason == "nobody knows");
  CHECK(row.computed.value().value == 0.5);
}

TEST_CASE("A protocol that is nobody's own cannot make a cell equal") {
  const auto rows = ledger({printed("meteor", "0.614", "")}, {scored("meteor", 0.614, "cupel")});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].status == Status::kDiffers);
  CHECK_THAT(rows[0].reason, ContainsSubstring("equal under cupel, but"));
  const auto other = ledger({printed("meteor", "0.614")}, {scored("meteor", 0.614, "cupel")});
  CHECK(other.at(0).status == Status::kNotAttempted);
  CHECK(other[0].reason ==
        "run r1 is scored under cupel, not under the paper's own protocol molt5");
  CHECK_FALSE(other[0].computed.has_value());
}

TEST_CASE("Another protocol explains a cell only when it explains the printed row") {
  const std::vector<PublishedCell> row = {printed("bleu-2", "0.565"), printed("bleu-4", "0.482"),
                                          printed("rouge-1", "0.623")};
  const std::vector<ComputedCell> own = {scored("bleu-2", 0.6), scored("bleu-4", 0.5),
                                         scored("rouge-1", 0.6231)};
  auto both = own;
  both.push_back(scored("bleu-2", 0.5651, "molregpt"));
  both.push_back(scored("bleu-4", 0.4819, "molregpt"));
  auto all = both;
  all.push_back(scored("rouge-1", 0.6231, "molregpt"));
  for (const auto& computed : {both, all}) {
    const auto rows = ledger(row, computed);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].status == Status::kExplained);
    CHECK(rows[0].reason == "equal under molregpt, as its printed row is");
    CHECK(rows[0].computed.value().protocol == "molregpt");
    CHECK(rows[1].status == Status::kExplained);
    CHECK(rows[2].status == Status::kEqual);
  }

  SECTION("not when another metric of the row does not agree") {
    auto computed = both;
    computed.push_back(scored("rouge-1", 0.64, "molregpt"));
    const auto rows = ledger(row, computed);
    CHECK(rows[0].status == Status::kDiffers);
    CHECK_THAT(rows[0].reason, ContainsSubstring("nobody knows; equal under molregpt, but"));
    CHECK(rows[0].computed.value().protocol == "molt5");
  }
  SECTION("but a cell of the row may be within rounding") {
    auto computed = both;
    computed.push_back(scored("rouge-1", 0.6238, "molregpt"));
    CHECK(ledger(row, computed).at(0).status == Status::kExplained);
  }
  SECTION("not when it stands alone") {
    CHECK(ledger({row[0]}, both).at(0).status == Status::kDiffers);
    CHECK(ledger({row[0], printed("rouge-l", "0.500")}, both).at(0).status == Status::kDiffers);
  }
  SECTION("not when the other cells belong to another run") {
    std::vector<ComputedCell> split = {scored("bleu-2", 0.6), scored("bleu-4", 0.5),
                                       scored("bleu-2", 0.5651, "molregpt"),
                                       scored("bleu-4", 0.4819, "molregpt", "r2")};
    CHECK(ledger(row, split).at(0).status == Status::kDiffers);
  }
  SECTION("every protocol that does so is named") {
    auto computed = all;
    for (const auto& [metric, value] :
         std::map<std::string, double>{{"bleu-2", 0.565}, {"bleu-4", 0.482}, {"rouge-1", 0.623}})
      computed.push_back(scored(metric, value, "openbiomed"));
    CHECK(ledger(row, computed).at(0).reason ==
          "equal under molregpt and under openbiomed, as its printed row is");
  }
}

TEST_CASE("Fewer than three printed digits explain nothing") {
  const std::vector<PublishedCell> row = {printed("exact", "0.069"), printed("bleu-2", "0.565"),
                                          printed("bleu-4", "0.482")};
  const auto rows =
      ledger(row, {scored("exact", 0.08), scored("exact", 0.069, "molregpt"),
                   scored("bleu-2", 0.5, "molt5"), scored("bleu-2", 0.565, "molregpt"),
                   scored("bleu-4", 0.482, "molregpt")});
  CHECK(rows.at(0).status == Status::kDiffers);
  CHECK(rows.at(1).status == Status::kExplained);
  CHECK(rows.at(2).status == Status::kNotAttempted);  // not scored under molt5
}

TEST_CASE("A row over several data sets is explained by all of them") {
  auto bbbp = printed("roc-auc", "70.7", "");
  auto bace = printed("roc-auc", "83.1", "");
  bbbp.unit = bace.unit = "percent";
  bbbp.dataset = "bbbp";
  bace.dataset = "bace";
  auto first = scored("roc-auc", 0.707, "cupel", "r1");
  auto second = scored("roc-auc", 0.831, "cupel", "r2");
  first.dataset = "bbbp";
  second.dataset = "bace";
  CHECK(ledger({bbbp, bace}, {first, second}).at(0).status == Status::kExplained);
  CHECK(ledger({bbbp, bace}, {first}).at(0).status == Status::kDiffers);
  second.value = 0.9;
  CHECK(ledger({bbbp, bace}, {first, second}).at(0).status == Status::kDiffers);
}

TEST_CASE("What was not attempted says why") {
  const auto reason = [](const PublishedCell& cell, const std::vector<ComputedCell>& computed) {
    const auto rows = ledger({cell}, computed);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].status == Status::kNotAttempted);
    return rows[0].reason;
  };
  const PublishedCell cell = printed("meteor", "0.614");
  CHECK(reason(printed("text2mol", "0.582"), {scored("meteor", 0.614)}) ==
        "cupel does not compute text2mol");
  CHECK(reason(cell, {}) == "no run of m on chebi-20, split test, task captioning");
  for (std::string ComputedCell::* member :
       {&ComputedCell::model, &ComputedCell::dataset, &ComputedCell::split, &ComputedCell::task}) {
    auto elsewhere = scored("meteor", 0.614);
    elsewhere.*member = "other";
    CHECK(reason(cell, {elsewhere}) == "no run of m on chebi-20, split test, task captioning");
  }
  auto partial = scored("meteor", 0.614);
  partial.complete = false;
  CHECK(reason(cell, {partial}) == "only a partial run exists: r1");
  CHECK(reason(cell, {scored("bleu-2", 0.5)}) == "no score of meteor in r1");
  auto valueless = scored("meteor", 0);
  valueless.value.reset();
  CHECK(reason(cell, {valueless}) == "the score of run r1 has no value");
  auto unnamed = cell;
  unnamed.run_model.clear();
  auto nobody = scored("meteor", 0.614);
  nobody.model.clear();
  CHECK(reason(unnamed, {nobody}) ==
        "the source does not say which checkpoint, size or baseline this row is");
}

TEST_CASE("An unknown published value stays unknown beside whatever was computed") {
  const auto alone = ledger({printed("meteor", "")}, {});
  CHECK(alone.at(0).status == Status::kUnknown);
  const auto beside = ledger({printed("meteor", "")}, {scored("meteor", 0.6)});
  CHECK(beside.at(0).status == Status::kUnknown);
  CHECK(beside[0].computed.value().value == 0.6);
}

TEST_CASE("Every run has a row; partial runs have none, and the last score of a run counts") {
  auto partial = scored("meteor", 0.614, "molt5", "r3");
  partial.complete = false;
  const auto rows =
      ledger({printed("meteor", "0.614")}, {scored("meteor", 0.7), scored("meteor", 0.614),
                                            scored("meteor", 0.6, "molt5", "r2"), partial});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].computed.value().run == "r1");
  CHECK(rows[0].status == Status::kEqual);
  CHECK(rows[1].computed.value().run == "r2");
  CHECK(rows[1].status == Status::kDiffers);
}

TEST_CASE("A known reason is given with its support, the first that fits") {
  const PublishedReason narrow{.papers = {"p"},
                               .table = "T",
                               .run_models = {"m"},
                               .task = "captioning",
                               .metrics = {"meteor"},
                               .text = "narrow",
                               .support = "guess",
                               .source = "here"};
  auto wide = narrow;
  wide.table.clear();
  wide.text = "wide";
  const auto reason = [&](const std::vector<PublishedReason>& reasons) {
    return ledger({printed("meteor", "0.614")}, {scored("meteor", 0.5)}, reasons).at(0).reason;
  };
  CHECK(reason({narrow, wide}) == "narrow (guess; here)");
  CHECK(reason({wide, narrow}) == "wide (guess; here)");
  auto elsewhere = narrow;
  elsewhere.table = "U";
  CHECK(reason({elsewhere}) == "nobody knows");
}

// --- the real tables ----------------------------------------------------------------------------

/// The complete scores of one published prediction file of MolT5 under one protocol.
void add_real(std::vector<ComputedCell>& cells, const std::string& model, const std::string& file,
              const std::string& task, const std::string& protocol) {
  ScoringFiles files;
  files.wordnet = "/usr/share/wordnet";
  files.wordpiece = test::real_data("scibert/vocab.txt");
  const auto predictions = results::read_prediction_file(test::real_data("molt5/" + file), task);
  std::vector<ScoringPair> pairs;
  for (const auto& row : predictions.rows)
    pairs.push_back({.prediction = row.prediction, .reference = row.reference});
  Scorer scorer(metrics::find_protocol(protocol), task, files, {.resamples = 0});
  for (const Score& score : scorer.score(pairs).scores)
    cells.push_back({.run = model,
                     .model = model,
                     .dataset = "chebi-20",
                     .split = "test",
                     .task = task,
                     .metric = score.metric,
                     .protocol = protocol,
                     .complete = true,
                     .value = score.value,
                     .n = score.n,
                     .signature = score.signature});
}

TEST_CASE("real data: no cell of MolT5's tables is called what its digits are not") {
  chem::silence_rdkit();
  std::vector<ComputedCell> computed;
  for (const char* protocol : {"molt5", "cupel"}) {
    add_real(computed, "molt5-large", "molt5-large-smiles2caption.txt", "captioning", protocol);
    add_real(computed, "t5-v1_1-small", "t5-v1_1-small-smiles2caption.txt", "captioning", protocol);
    add_real(computed, "molt5-large", "molt5-large-caption2smiles.txt", "generation", protocol);
    add_real(computed, "molt5-small", "molt5-small-caption2smiles.txt", "generation", protocol);
  }
  // Of all cells of these four rows, the ones that do not differ, from the two columns of values
  // (recomputed, printed) set side by side: METEOR 0.6142 and 0.614.
  const std::map<std::string, Status> close = {{"molt5-large meteor", Status::kEqual}};
  std::size_t compared = 0;
  for (const LedgerRow& row : make_ledger(results::published_results().cells, computed,
                                          results::published_results().reasons)) {
    const std::string name = row.published.run_model + " " + row.published.metric;
    INFO(row.published.paper << ", " << row.published.table << ", " << name);
    if (!row.computed || row.published.protocol != "molt5") continue;
    ++compared;
    CHECK(row.computed->protocol == "molt5");
    const auto expected = close.find(name);
    CHECK(row.status == (expected == close.end() ? Status::kDiffers : expected->second));
    if (row.status == Status::kDiffers) CHECK_FALSE(row.reason.starts_with("nobody knows"));
    if (row.status == Status::kEqual)
      CHECK(row.reason == "but 5 of the 5 other scored cells of its printed row are not");
  }
  // molt5-large captioning in three papers, generation in three and one more exact match.
  CHECK(compared == 6 * 3 + 6 + 7 * 3 + 1 + 7);
}

// --- ranks and labels ---------------------------------------------------------------------------

void add_run(results::StoreWriter& store, const ImportLabels& labels, const std::string& protocol,
             const std::vector<results::Row>& rows) {
  const auto run = test::add_texts(store, labels, rows);
  Scorer scorer(metrics::find_protocol(protocol), labels.task, {}, {.resamples = 0});
  (void)score_run(store, run, scorer, {.resamples = 0});
}

/// One positive that beats so many of 10,000 negatives: a ROC-AUC of `below` / 10,000.
void add_property(results::StoreWriter& store, const std::string& set, const std::string& model,
                  std::size_t below) {
  std::vector<results::Row> rows = {{.input = "+", .reference = "[1]", .prediction = "[0.5]"}};
  for (std::size_t i = 0; i < 10'000; ++i)
    rows.push_back({.input = fmt::format("{}", i),
                    .reference = "[0]",
                    .prediction = i < below ? "[0]" : "[1]"});
  add_run(store, {.model = model, .task = "property-" + set, .dataset = set, .split = "test"},
          model, rows);
}

TEST_CASE("Runs of property and retrieval tasks stand beside their published cells") {
  const test::TempDir dir;
  results::StoreWriter store(dir / "s.db", true, "{}");
  add_property(store, "bbbp", "finemoltex", 7346);  // the slide says 73.5 percent
  add_property(store, "bbbp", "atomas", 7372);      // TRIDENT says 73.72 and names no protocol
  add_property(store, "bace", "atomas", 8314);      // 83.14
  std::vector<results::Row> queries;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const std::vector<metrics::TieRank> ranks = {
        {.better = i < 1173 ? 0U : 60U, .candidates = 3000}};
    queries.push_back(
        {.input = fmt::format("{}", i), .prediction = metrics::write_ranks(ranks, {})});
  }
  add_run(store,
          {.model = "atomas",
           .task = "text-to-molecule-retrieval",
           .dataset = "pcdes",
           .split = "test"},
          "atomas", queries);
  std::map<std::string, Status> found;
  for (const LedgerRow& row :
       make_ledger(results::published_results().cells, computed_cells(store), {})) {
    if (!row.computed) continue;
    const auto& cell = row.published;
    found[cell.run_model + " " + cell.dataset + " " + cell.metric + " " + cell.value] = row.status;
  }
  CHECK(found.at("finemoltex bbbp roc-auc 73.5") == Status::kEqual);
  CHECK(found.at("atomas bbbp roc-auc 73.72") == Status::kExplained);
  CHECK(found.at("atomas bace roc-auc 83.14") == Status::kExplained);
  CHECK(found.at("atomas pcdes recall@1 ") == Status::kUnknown);  // nobody could read that table
  CHECK(found.at("atomas pcdes mrr ") == Status::kUnknown);
}

}  // namespace
