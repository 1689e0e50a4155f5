// Files beside the known sets: other spellings, other splits, other sets. None of them is damaged.
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/file.h"
#include "harness/run/import_doctor.h"
#include "tests/support/damages.h"
#include "tests/support/paths.h"
#include "tests/support/real_tables.h"

namespace {

using namespace cupel;
using namespace cupel::test;

std::string sure_findings(const Table& table) {
  std::string all;
  for (const ImportFinding& finding : examine(table).findings) {
    if (finding.sure) all += finding.cause + ": " + finding.what + "; ";
  }
  return all;
}

/// The table with outputs that an honest model without any skill might write.
std::vector<Table> without_skill(const Table& table) {
  std::vector<Table> all;
  for (const auto& output :
       {std::function([](const Cells&) { return std::string(); }),
        std::function([](const Cells& cells) { return cells[0]; }),
        std::function([](const Cells& cells) { return cells[1]; }),
        std::function([](const Cells&) { return std::string("CC(=O)O"); }),
        std::function([](const Cells&) { return std::string("The molecule is a molecule."); })}) {
    all.push_back(table);
    for (Cells& cells : all.back().rows) cells[2] = output(cells);
  }
  return all;
}

std::set<std::string> pieces(const std::string& text, bool words) {
  std::set<std::string> all;
  if (!words) {
    for (std::size_t at = 0; at < text.size(); ++at) all.insert(text.substr(at, 5));
    return all;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    all.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

/// The reference of the row whose input is most like the own one: a nearest-neighbour model that
/// learned from the first `learned` rows of `from` (never from the row itself).
Table answered_by_neighbours(Table table, const Table& from, std::size_t learned) {
  const bool words = table.task == "generation";
  std::vector<std::set<std::string>> known;
  for (std::size_t j = 0; j < learned; ++j) known.push_back(pieces(from.rows[j][0], words));
  for (Cells& cells : table.rows) {
    const auto own = pieces(cells[0], words);
    double best = -1.0;
    for (std::size_t j = 0; j < learned; ++j) {
      if (from.rows[j][0] == cells[0]) continue;
      std::size_t common = 0;
      for (const std::string& piece : own) common += known[j].count(piece);
      const double score =
          static_cast<double>(common) / static_cast<double>(own.size() + known[j].size());
      if (score <= best) continue;
      best = score;
      cells[2] = from.rows[j][1];
    }
  }
  return table;
}

}  // namespace

TEST_CASE("references of a known set in another spelling are no other set's") {
  const Table table = shared_table();
  const Table respelled = map_column(
      table, table.task == "generation" ? 1 : 0, [](std::size_t, const std::string& smiles) {
        return chem::Molecule::from_smiles(smiles)->canonical_smiles();
      });
  CHECK(sure_findings(respelled) == "");
  CHECK(examine(respelled).dataset == "chebi-20");
  for (const Table& poor : without_skill(respelled)) CHECK(sure_findings(poor) == "");
  if (table.task == "generation") CHECK(diagnosis(respelled) == "references-altered?");
}

TEST_CASE("captions of a known set in another spelling are no other set's") {
  const Table table = shared_table();
  const std::size_t captions = table.task == "generation" ? 0 : 1;
  const Table lower = map_column(table, captions, [](std::size_t, std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::tolower(letter));
    return text;
  });
  const Table shorter = map_column(table, captions, [](std::size_t, const std::string& text) {
    return text.substr(0, text.find(". "));
  });
  CHECK(sure_findings(lower) == "");
  CHECK(sure_findings(shorter) == "");
  for (const Table& poor : without_skill(lower)) CHECK(sure_findings(poor) == "");
}

TEST_CASE("white space around the cells of a known set is no fault of its rows") {
  Table table = shared_table();
  table = map_column(table, 0, [](std::size_t, const std::string& text) { return text + " "; });
  table = map_column(table, 1, [](std::size_t, const std::string& text) { return " " + text; });
  CHECK(examine(table).matched == 3300);
  CHECK(diagnosis(table) == "nothing");
}

TEST_CASE("honest files on another split cause no sure finding") {
  const std::string task = GENERATE("captioning", "generation");
  const Table all = pairs_of(read_file(real_data("chebi20/validation.txt")), task);
  std::mt19937_64 random(4);
  const Table some = keep_rows(all, [&](std::size_t) { return random() % 8 == 0; });
  CAPTURE(task);
  for (const Table& table : {some, answered_by_neighbours(some, all, 400),
                             answered_by_neighbours(some, some, some.rows.size())}) {
    CHECK(examine(table).dataset.empty());
    CHECK(sure_findings(table) == "");
  }
  CHECK(diagnosis(answered_by_neighbours(some, all, 400)) == "nothing");
  for (const Table& poor : without_skill(all)) CHECK(sure_findings(poor) == "");
}

TEST_CASE("honest neighbours as answers on PCdes cause no sure finding") {
  const std::string task = GENERATE("captioning", "generation");
  const Table pcdes = pairs_of(unpacked(real_data("pcdes/test.txt.gz")), task);
  const auto found = examine(answered_by_neighbours(pcdes, pcdes, 200));
  CHECK(found.dataset == "pcdes");
  for (const ImportFinding& finding : found.findings) {
    CAPTURE(finding.cause, finding.what);
    CHECK_FALSE(finding.sure);
  }
}

TEST_CASE("a poor model's file on another split is found out when it is damaged") {
  const std::string task = GENERATE("captioning", "generation");
  const Table all = pairs_of(read_file(real_data("chebi20/validation.txt")), task);
  const Table some = keep_rows(all, [](std::size_t i) { return i % 6 == 0; });
  const Table table = answered_by_neighbours(some, all, 1000);
  CAPTURE(task);
  for (const int by : {1, -1, 2, -2, 9}) {
    CAPTURE(by);
    CHECK(diagnosis(shift_column(table, 2, by)) == "outputs-shifted");
    CHECK(diagnosis(shift_column(table, 2, by, false)) == "outputs-shifted");
    CHECK(diagnosis(shift_column(table, 2, by, true, 200)) == "outputs-shifted");
  }
  CHECK(diagnosis(swap_columns(table, 0, 1)) == "columns-swapped");
  CHECK(diagnosis(swap_columns(table, 0, 2)) == "columns-swapped");
  CHECK(diagnosis(swap_columns(table, 1, 2)) ==
        (task == "captioning" ? "columns-swapped?" : "nothing"));
  CHECK(diagnosis(repeat_rows(table, [](std::size_t) { return 2; })) == "rows-duplicated");
  const Table cut =
      map_column(table, 2, [](std::size_t, const std::string& text) { return without_last(text); });
  CHECK(diagnosis(cut) == (task == "captioning" ? "outputs-cut" : "outputs-cut?"));
}
