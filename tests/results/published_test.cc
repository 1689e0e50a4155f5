#include "results/published.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "metrics/protocol.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using namespace cupel::results;

PublishedCell cell_of(const std::string& paper, const std::string& table, const std::string& model,
                      const std::string& metric, const std::string& dataset = "chebi-20") {
  for (const PublishedCell& cell : published_results().cells) {
    if (cell.paper == paper && cell.table == table && cell.model == model &&
        cell.metric == metric && cell.dataset == dataset)
      return cell;
  }
  FAIL("no cell " << paper << ", " << table << ", " << model << ", " << metric);
  return published_results().cells.front();
}

TEST_CASE("Every published table of the program is read, cell by cell") {
  std::map<std::string, int> counts;
  for (const PublishedCell& cell : published_results().cells) ++counts[cell.paper];
  CHECK(counts == std::map<std::string, int>{{"atomas", 30},
                                             {"biot5", 7},
                                             {"finemoltex", 157},
                                             {"instructmol", 130},
                                             {"molca", 18},
                                             {"moleculestm", 6},
                                             {"molfm", 24},
                                             {"molreflect", 140},
                                             {"molregpt", 128},
                                             {"molt5", 77},
                                             {"momu", 4},
                                             {"orma", 1},
                                             {"text-chem-t5", 10},
                                             {"trident", 208}});
}

TEST_CASE("Printed digits stay as they are, with unit, run model and protocol") {
  const auto large = cell_of("molt5", "leaderboard, ChEBI-20 captioning", "MolT5-large", "bleu-2");
  CHECK(large.value == "59.4");
  CHECK(large.unit == "percent");
  CHECK(large.run_model == "molt5-large");
  CHECK(large.protocol == "molt5");
  CHECK(large.arxiv == "2204.11817");
  const auto quoted = cell_of("molregpt", "README Mol2Cap", "MolT5-large", "bleu-2");
  CHECK(quoted.value == "0.594");
  CHECK(quoted.unit == "fraction");
  CHECK(quoted.protocol == "molt5");
  const auto base = cell_of("molregpt", "README Cap2Mol", "T5-base", "levenshtein");
  CHECK(base.value == "24.950");
  CHECK(base.unit == "edits");
  CHECK(base.run_model == "t5-v1_1-base");
  const auto prompted =
      cell_of("molregpt", "README Mol2Cap", "MolReGPT GPT-3.5-turbo 10-shot", "rouge-2");
  CHECK(prompted.value == "0.450");
  CHECK(prompted.run_model == "molregpt-gpt-3.5-turbo-10-shot");
  CHECK(prompted.protocol == "molregpt");
  const auto atomas = cell_of("trident", "Table 1", "Atomas", "roc-auc", "bbbp");
  CHECK(atomas.value == "73.72");
  CHECK(atomas.std == "1.67");
  CHECK(atomas.task == "property-bbbp");
  CHECK(atomas.run_model == "atomas");
}

TEST_CASE("What was not read is marked: Atomas's values are missing, remembered rows are low") {
  std::size_t unknown = 0;
  std::size_t remembered = 0;
  for (const PublishedCell& cell : published_results().cells) {
    if (cell.value.empty()) {
      ++unknown;
      CHECK(cell.paper == "atomas");
    } else if (cell.confidence == "low") {
      ++remembered;
      CHECK(cell.note == "quoted from memory of the paper, not re-checked");
    }
  }
  CHECK(unknown == 6 + 7 + 2 * 4);
  CHECK(cell_of("atomas", "MoleculeNet, quoted by TRIDENT", "Atomas", "roc-auc", "bace").value ==
        "83.14");
  CHECK(remembered == 6 + 7 + 7);
  CHECK(cell_of("molt5", "paper, ChEBI-20 generation", "MolT5-small", "validity").value == "0.721");
}

TEST_CASE("Ids match exactly or not at all: lower case, and protocols that exist") {
  for (const PublishedCell& cell : published_results().cells) {
    INFO(cell.paper << ", " << cell.table << ", " << cell.model << ", " << cell.metric);
    for (const std::string* id : {&cell.run_model, &cell.metric, &cell.task}) {
      CHECK(id->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._+-@") ==
            std::string::npos);
    }
    if (!cell.protocol.empty()) CHECK(metrics::builtin_protocols().find(cell.protocol) != nullptr);
  }
}

TEST_CASE("Sources are public ones: no cell names what only its collector could open") {
  for (const auto& entry :
       std::filesystem::directory_iterator(CUPEL_SOURCE_DIR "/results/published")) {
    if (entry.path().extension() != ".csv") continue;
    std::string bytes = read_file(entry.path());
    std::ranges::transform(bytes, bytes.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const char* forbidden : {".txt", "conf=", "unit="}) {
      INFO(entry.path() << " holds " << forbidden);
      CHECK_FALSE(bytes.contains(forbidden));
    }
  }
}

TEST_CASE("The program's tables are the checkout's") {
  const Published folder = read_published(CUPEL_SOURCE_DIR "/results/published");
  REQUIRE(folder.cells.size() == published_results().cells.size());
  for (std::size_t i = 0; i < folder.cells.size(); ++i) {
    CHECK(folder.cells[i].value == published_results().cells[i].value);
    CHECK(folder.cells[i].source == published_results().cells[i].source);
  }
  CHECK(folder.reasons.size() == published_results().reasons.size());
}

/// A folder of tables that is right; a test changes one file of it.
class Folder {
 public:
  Folder() {
    write("papers.csv", "paper,name,arxiv\np,Paper,2401.00001\n");
    write("reasons.csv", kReasons + "p,,m,t,x y,why,guess,s\n");
    write("p.csv", kCells + row("x") + row("y"));
  }
  static std::string row(const std::string& metric, const std::string& value = "0.5",
                         const std::string& unit = "fraction",
                         const std::string& confidence = "high") {
    return "T,t,d,test,M,m,molt5," + metric + "," + value + ",," + unit + ",s," + confidence +
           ",\n";
  }
  void write(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
  }
  /// What is wrong with it, after the folder's name.
  [[nodiscard]] std::string fault() const {
    try {
      static_cast<void>(read_published(folder_ / ""));
    } catch (const Error& error) {
      CHECK(error.code() == Code::kUsage);
      CHECK_FALSE(error.hint().empty());
      const std::string what = error.what();
      return what.substr(what.rfind('/') == std::string::npos ? 0 : what.rfind('/') + 1);
    }
    return "accepted";
  }

  static const inline std::string kCells =
      "table,task,dataset,split,model,run_model,protocol,metric,value,std,unit,source,confidence,"
      "note\n";
  static const inline std::string kReasons =
      "papers,table,run_models,task,metrics,reason,support,source\n";

 private:
  test::TempDir folder_;
};

TEST_CASE("A folder of tables is read with its reasons") { CHECK(Folder().fault() == "accepted"); }

TEST_CASE("A wrong table is refused with file and line") {
  const auto cells = [](const std::string& rows) {
    Folder folder;
    folder.write("p.csv", Folder::kCells + rows);
    return folder.fault();
  };
  CHECK(cells(Folder::row("x") + Folder::row("x")) ==
        "p.csv:3: this cell stands in the file already");
  CHECK(cells(Folder::row("x", "0.5", "percents")) == "p.csv:2: unknown unit 'percents'");
  CHECK(cells(Folder::row("x", "0.5", "fraction", "sure")) == "p.csv:2: unknown confidence 'sure'");
  CHECK(cells(Folder::row("x", "~0.5")) == "p.csv:2: '~0.5' is not a plain decimal number");
  CHECK(cells(Folder::row("x", ".5")) == "p.csv:2: '.5' is not a plain decimal number");
  CHECK(cells(Folder::row("x", "")) ==
        "p.csv:2: a value needs a unit, and a missing value has none");
  CHECK(cells(Folder::row("x", "0.5", "")) ==
        "p.csv:2: a value needs a unit, and a missing value has none");
  CHECK(cells("T,t,d,test,M,m,molt5,x,0.5,,fraction,s,high\n") ==
        "p.csv:2: 13 cells; the header has 14");
  CHECK(cells(Folder::row("")) == "p.csv:2: no metric");
  CHECK(cells(Folder::row("x", "", "")) == "accepted");

  Folder header;
  header.write("p.csv", "table,task\n");
  CHECK(header.fault() == "p.csv:1: no column 'dataset'");
  header.write("p.csv", "tabel,task\n");
  CHECK(header.fault() == "p.csv:1: unknown column 'tabel'");
}

TEST_CASE("Papers, tables and reasons belong together") {
  Folder missing;
  missing.write("papers.csv", "paper,name,arxiv\np,P,1\nq,Q,2\n");
  CHECK(missing.fault() == "no file 'q.csv' among the published tables");
  Folder unlisted;
  unlisted.write("q.csv", Folder::kCells);
  CHECK(unlisted.fault() == "q.csv:1: a paper that papers.csv does not list");
  Folder reason;
  reason.write("reasons.csv", Folder::kReasons + "p,,m,t,z,why,guess,s\n");
  CHECK(reason.fault() == "reasons.csv:2: this reason fits no published cell");
  reason.write("reasons.csv", Folder::kReasons + "p,,m,t,x,why,proof,s\n");
  CHECK(reason.fault() == "reasons.csv:2: unknown support 'proof'");
}

}  // namespace
