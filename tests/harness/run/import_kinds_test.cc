// The damages of import_doctor_test.cc on a data set that no program knows, where statistics
// decide.
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "harness/run/import_doctor.h"
#include "tests/support/damages.h"
#include "tests/support/made_set.h"
#include "tests/support/paths.h"

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

bool finds(const Table& table, const std::string& cause) {
  return std::ranges::contains(examine(table).findings, cause, &ImportFinding::cause);
}

/// The other row whose input shares most words or letters with row i's: an honest, poor model.
Table nearest_neighbours(Table table) {
  const auto pieces = [&](const std::string& text) {
    std::set<std::string> all;
    for (std::size_t at = 0; at + 4 <= text.size(); at += 1) all.insert(text.substr(at, 4));
    return all;
  };
  std::vector<std::set<std::string>> inputs;
  for (const Cells& cells : table.rows) inputs.push_back(pieces(cells[0]));
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    double best = -1.0;
    for (std::size_t j = 0; j < table.rows.size(); ++j) {
      if (i == j) continue;
      std::size_t common = 0;
      for (const std::string& piece : inputs[i]) common += inputs[j].count(piece);
      const double score = static_cast<double>(common) /
                           static_cast<double>(inputs[i].size() + inputs[j].size() + 1);
      if (score <= best) continue;
      best = score;
      table.rows[i][2] = table.rows[j][1];
    }
  }
  return table;
}

}  // namespace

TEST_CASE("honest files of an unknown set cause no sure finding, whatever the model's skill") {
  const std::string task = GENERATE("captioning", "generation");
  const double skill = GENERATE(0.0, 0.4, 1.0);
  const std::size_t rows = GENERATE(1U, 5U, 40U, 300U);
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const Table table = made_set(task, rows, skill, seed);
    CAPTURE(task, skill, rows, seed);
    CHECK(sure_findings(table).empty());
    CHECK(examine(table).dataset.empty());
    if (skill >= 0.3 && rows > 1) CHECK(diagnosis(table) == "nothing");
    for (const auto& output : {std::function([](const Cells&) { return std::string(); }),
                               std::function([](const Cells& cells) { return cells[0]; }),
                               std::function([](const Cells& cells) { return cells[1]; }),
                               std::function([](const Cells&) { return std::string("C"); }),
                               std::function([](const Cells&) { return std::string("It is."); })}) {
      Table other = table;
      for (Cells& cells : other.rows) cells[2] = output(cells);
      CHECK(sure_findings(other).empty());
    }
  }
}

TEST_CASE("the row next to it as an answer is honest, if poor") {
  const std::string task = GENERATE("captioning", "generation");
  CHECK(sure_findings(nearest_neighbours(made_set(task, 150, 0.5))).empty());
}

TEST_CASE("the bundled examples are without a fault") {
  for (const std::string task : {"captioning", "generation"}) {
    const auto found =
        examine_import(results::read_prediction_file(suite(task + ".tsv"), task), task);
    CHECK(found.dataset.empty());
    CHECK(found.findings.empty());
  }
}

TEST_CASE("columns of different kinds that are swapped are found in any set") {
  for (const std::string task : {"captioning", "generation"}) {
    const Table table = made_set(task, 200, 0.7);
    CAPTURE(task);
    CHECK(diagnosis(swap_columns(table, 0, 1)) == "columns-swapped");
    CHECK(diagnosis(swap_columns(table, 0, 2)) == "columns-swapped");
    CHECK(diagnosis(swap_columns(swap_columns(table, 0, 1), 1, 2)) == "columns-swapped");
    CHECK(sure_findings(swap_columns(table, 1, 2)).empty());
    Table other = table;
    other.task = task == "captioning" ? "generation" : "captioning";
    CHECK(diagnosis(other) == "wrong-task");
  }
}

TEST_CASE("shifted outputs are found in any set, of good models and poor ones") {
  const std::string task = GENERATE("captioning", "generation");
  const double skill = GENERATE(0.4, 0.8, 1.0);
  const Table table = made_set(task, 400, skill);
  CAPTURE(task, skill);
  for (const int by : {1, -1, 2, -2, 5}) {
    CAPTURE(by);
    CHECK(diagnosis(shift_column(table, 2, by)) == "outputs-shifted");
    CHECK(diagnosis(shift_column(table, 2, by, false)) == "outputs-shifted");
  }
  CHECK(diagnosis(shift_column(table, 2, 1, false, 200)) == "outputs-shifted");
  CHECK(diagnosis(shift_column(table, 1, 1)) == "outputs-shifted");
}

TEST_CASE("repeated rows of an unknown set: all twice is sure, one twice is worth a look") {
  for (const std::string task : {"captioning", "generation"}) {
    const Table table = made_set(task, 200, 0.7);
    CHECK(diagnosis(repeat_rows(table, [](std::size_t) { return 2; })) == "rows-duplicated");
    CHECK(diagnosis(repeat_rows(table, [](std::size_t i) { return i == 9 ? 2 : 1; })) ==
          "rows-duplicated?");
  }
}

TEST_CASE("cut outputs, doubled backslashes and quotes are found in any set") {
  for (const std::string task : {"captioning", "generation"}) {
    for (const double skill : {0.5, 0.9}) {
      const Table table = made_set(task, 300, skill);
      CAPTURE(task, skill);
      CHECK(
          finds(map_column(table, 2,
                           [](std::size_t, const std::string& text) { return without_last(text); }),
                "outputs-cut"));
      const std::size_t molecules = task == "captioning" ? 0 : 1;
      CHECK(diagnosis(map_column(table, molecules, [](std::size_t, const std::string& text) {
              return replace_all(text, "\\", "\\\\");
            })) == "backslashes-doubled");
      CHECK(diagnosis(map_column(table, 2, [](std::size_t, const std::string& text) {
              return csv_cell(text);
            })) == "quoting");
    }
  }
}

TEST_CASE("references that are no molecules are found in generation") {
  const Table table = made_set("generation", 200, 0.7);
  CHECK(diagnosis(map_column(table, 1, [](std::size_t i, const std::string& text) {
          return i % 50 == 3 ? text + "(" : text;
        })) == "references-unparsable?");
  CHECK(diagnosis(map_column(table, 1, [](std::size_t, const std::string& text) {
          return "[" + text;
        })) == "references-unparsable");
}

TEST_CASE("UTF-8 read as Latin-1 is noticed") {
  Table table = made_set("captioning", 100, 0.7);
  table.rows[3][1] += " It melts at 25 \u00C2\u00B0C.";
  CHECK(diagnosis(table) == "mojibake?");
  table.rows[3][1] = "It melts at 25 \u00B0C, says Ren\u00E9.";
  CHECK(diagnosis(table) == "nothing");
}
