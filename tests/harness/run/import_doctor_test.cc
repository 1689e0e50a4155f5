#include "harness/run/import_doctor.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "results/prediction_file.h"
#include "tests/support/damages.h"
#include "tests/support/paths.h"
#include "tests/support/real_tables.h"

namespace {

using namespace cupel;
using namespace cupel::test;
using Catch::Matchers::ContainsSubstring;

}  // namespace

TEST_CASE("the shared files are ChEBI-20's test set without a fault") {
  const Table table = shared_table();
  const auto found = examine(table);
  CHECK(found.dataset == "chebi-20");
  CHECK(found.split == "test");
  CHECK(found.matched == 3300);
  CHECK(diagnosis(table) == "nothing");
}

TEST_CASE("swapped columns of a known set are found, whichever pair or ring") {
  const Table table = shared_table();
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}}) {
    CAPTURE(a, b);
    CHECK(diagnosis(swap_columns(table, static_cast<std::size_t>(a),
                                 static_cast<std::size_t>(b))) == "columns-swapped");
  }
  CHECK(diagnosis(swap_columns(swap_columns(table, 0, 1), 1, 2)) == "columns-swapped");
  CHECK(diagnosis(swap_columns(swap_columns(table, 1, 2), 0, 1)) == "columns-swapped");
  CHECK(examine(swap_columns(table, 1, 2)).findings.size() == 1);
}

TEST_CASE("outputs shifted against their references are found") {
  const Table table = shared_table();
  for (const int by : {1, -1, 2, -2, 7, -16}) {
    CAPTURE(by);
    CHECK(diagnosis(shift_column(table, 2, by)) == "outputs-shifted");
    CHECK(diagnosis(shift_column(table, 2, by, false)) == "outputs-shifted");
  }
  CHECK(diagnosis(shift_column(table, 2, 100)) == "outputs-shifted");
  CHECK(diagnosis(shift_column(table, 2, -1250)) == "outputs-shifted");
  for (const std::size_t from : {100U, 1650U, 2500U, 3100U}) {
    CAPTURE(from);
    CHECK(diagnosis(shift_column(table, 2, 1, false, from)) == "outputs-shifted");
    CHECK(diagnosis(shift_column(table, 2, -1, true, from)) == "outputs-shifted");
  }
  const auto found = examine(shift_column(table, 2, 1, true, 1650));
  CHECK_THAT(found.findings[0].what, ContainsSubstring("1 row further up"));
  // Rows without a counterpart dropped.
  const Table dropped = keep_rows(shift_column(table, 2, 2), [](std::size_t i) { return i >= 2; });
  CHECK(diagnosis(dropped) == "outputs-shifted");
}

TEST_CASE("references in another order than their inputs are found") {
  const Table table = shared_table();
  std::mt19937_64 random(1);
  CHECK(diagnosis(shift_column(table, 1, 1)) == "references-reordered");
  CHECK(diagnosis(shift_column(table, 0, -1)) == "references-reordered");
  CHECK(diagnosis(shuffle_column(table, 1, random)) == "references-reordered");
  CHECK(diagnosis(shuffle_column(table, 0, random)) == "references-reordered");
  Table two = table;
  std::swap(two.rows[10][1], two.rows[20][1]);
  CHECK(diagnosis(two) == "references-reordered");
  CHECK_THAT(examine(shift_column(table, 1, 3)).findings[0].what, ContainsSubstring("by 3 rows"));
  CHECK(diagnosis(shuffle_column(table, 2, random)) == "outputs-unrelated?");
  std::vector<std::string> outputs;
  for (const Cells& cells : table.rows) outputs.push_back(cells[2]);
  std::ranges::sort(outputs);
  CHECK(diagnosis(map_column(table, 2, [&](std::size_t i, auto&) { return outputs[i]; })) ==
        "outputs-unrelated");
}

TEST_CASE("missing and repeated rows of a known set are counted") {
  const Table table = shared_table();
  std::mt19937_64 random(2);
  const auto half = [&](std::size_t) { return random() % 2 == 0; };
  CHECK(diagnosis(keep_rows(table, [](std::size_t i) { return i < 1650; })) == "rows-missing");
  CHECK(diagnosis(keep_rows(table, [](std::size_t i) { return i >= 1650; })) == "rows-missing");
  CHECK(diagnosis(keep_rows(table, [](std::size_t i) { return i % 2 == 1; })) == "rows-missing");
  CHECK(diagnosis(keep_rows(table, half)) == "rows-missing");
  CHECK(diagnosis(keep_rows(table, [](std::size_t i) { return i != 77; })) == "rows-missing");
  CHECK_THAT(examine(keep_rows(table, [](std::size_t i) { return i < 40; })).findings[0].what,
             ContainsSubstring("3260 of the 3300 rows"));

  CHECK(diagnosis(repeat_rows(table, [](std::size_t) { return 2; })) == "rows-duplicated");
  CHECK(diagnosis(repeat_rows(table, [](std::size_t i) { return i == 5 ? 2 : 1; })) ==
        "rows-duplicated");
  CHECK(diagnosis(repeat_rows(table, [&](std::size_t) { return 1 + random() % 2; })) ==
        "rows-duplicated");
  Table twice = table;
  twice.rows.insert(twice.rows.end(), table.rows.begin(), table.rows.end());
  CHECK(diagnosis(twice) == "rows-duplicated");
  twice = table;
  twice.rows.insert(twice.rows.end(), table.rows.begin(), table.rows.begin() + 32);
  CHECK(diagnosis(twice) == "rows-duplicated");
}

TEST_CASE("outputs without their last character are found") {
  const Table table = shared_table();
  const auto cut = [](std::size_t, const std::string& text) { return without_last(text); };
  CHECK(diagnosis(map_column(table, 2, cut)) == "outputs-cut");
  const Table few = keep_rows(table, [](std::size_t i) { return i % 33 == 0; });
  const auto found = examine(map_column(few, 2, cut));
  CHECK(std::ranges::contains(found.findings, "outputs-cut", &ImportFinding::cause));
}

TEST_CASE("a known set's text that was read as Latin-1 is found") {
  const Table table = shared_table();
  const auto garbled = [](std::size_t, const std::string& text) {
    std::string twice;
    for (const char byte : text) append_utf8(twice, static_cast<unsigned char>(byte));
    return twice;
  };
  CHECK(diagnosis(map_column(table, table.task == "captioning" ? 1 : 0, garbled)) == "mojibake");
}

TEST_CASE("doubled backslashes are found in every column that has any") {
  const Table table = shared_table();
  const auto doubled = [](std::size_t, const std::string& text) {
    return replace_all(text, "\\", "\\\\");
  };
  const auto some = [](std::size_t i, const std::string& text) {
    return i % 3 == 0 ? replace_all(text, "\\", "\\\\") : text;
  };
  for (std::size_t column = 0; column < 3; ++column) {
    for (const auto& change : {std::function(doubled), std::function(some)}) {
      const Table changed = map_column(table, column, change);
      // T5 writes no backslash: there the outputs stay as they are.
      CHECK(diagnosis(changed) ==
            (changed.text() == table.text() ? "nothing" : "backslashes-doubled"));
    }
  }
}

TEST_CASE("quotes that a CSV reader or writer left or took are found") {
  const Table table = shared_table();
  std::string all = table.header();
  std::string minimal = table.header();
  for (const Cells& cells : table.rows) {
    for (std::size_t column = 0; column < 3; ++column) {
      const std::string& cell = cells[column];
      all += csv_cell(cell) + (column < 2 ? '\t' : '\n');
      minimal += (cell.contains('"') ? csv_cell(cell) : cell) + (column < 2 ? '\t' : '\n');
    }
  }
  CHECK(diagnosis(all, table.task) == "quoting");
  CHECK(diagnosis(minimal, table.task) == "quoting");

  // A cell that starts with a quote swallows the rows up to the next one.
  std::string merged;
  for (std::size_t i = 100; i < 104; ++i) {
    const Cells& cells = table.rows[i];
    merged += (i == 100 ? cells[2] : cells[0] + '\t' + cells[1] + '\t' + cells[2]);
    if (i < 103) merged += '\n';
  }
  Table fewer = keep_rows(table, [](std::size_t i) { return i <= 100 || i > 103; });
  const auto with = [&](const std::string& cell) {
    Table changed = fewer;
    changed.rows[100][2] = cell;
    return changed;
  };
  CHECK_THAT(diagnosis(with(csv_cell(merged))), ContainsSubstring("quoting"));
  const std::string blanks = replace_all(replace_all(merged, "\n", " "), "\t", " ");
  CHECK(diagnosis(with(blanks)) == "rows-merged");
  CHECK(diagnosis(with(replace_all(replace_all(merged, "\n", "\\n"), "\t", "\\t"))) ==
        "rows-merged");
  Table input = fewer;
  input.rows[100][0] = table.rows[99][0] + ' ' + table.rows[99][1] + ' ' + table.rows[99][2] + ' ' +
                       table.rows[100][0];
  input.rows.erase(input.rows.begin() + 99);
  CHECK(diagnosis(input) == "rows-merged");
  CHECK_THAT(diagnosis(with('"' + replace_all(merged, "\n", " "))),
             ContainsSubstring("cells; the header has 3") && ContainsSubstring("quoting merged"));
  std::string csv = replace_all(table.header(), "\t", ",");
  for (const Cells& cells : with(merged).rows)
    csv += csv_cell(cells[0]) + ',' + csv_cell(cells[1]) + ',' + csv_cell(cells[2]) + '\n';
  const auto found = results::parse_prediction_file(
      csv, "f",
      {.task = table.task,
       .format = "csv",
       .columns = {table.task == "captioning" ? "SMILES" : "description", "ground truth",
                   "output"}});
  CHECK(examine_import(found, table.task).findings.at(0).cause == "rows-merged");
}

TEST_CASE("a header in the middle, junk and an empty file are named by the reader") {
  const Table table = shared_table();
  const std::string text = table.text();
  CHECK_THAT(diagnosis(text + text, table.task), ContainsSubstring("header in the middle"));
  Table again = table;
  again.rows.insert(again.rows.begin() + 1000, {"SMILES", "ground truth", "output"});
  CHECK_THAT(diagnosis(again), ContainsSubstring("header"));
  CHECK(diagnosis(text + text, table.task, "atomas") == "nothing");

  std::mt19937_64 random(3);
  std::string junk = text;
  for (std::size_t i = 0; i < 64; ++i)
    junk[junk.size() / 2 + i] = static_cast<char>(random() & 0xFFU);
  CHECK_THAT(diagnosis(junk, table.task),
             ContainsSubstring("binary junk") || ContainsSubstring("not UTF-8"));
  std::string controls = text;
  for (std::size_t i = 0; i < 8; ++i) controls[text.size() - 12 + i] = static_cast<char>(1 + i % 8);
  CHECK(diagnosis(controls, table.task) == "binary-junk");
  Table input = table;
  input.rows[7][0][3] = '\x02';
  CHECK(diagnosis(input) == "binary-junk");
  CHECK_THAT(diagnosis(text + std::string(100, '\0'), table.task),
             ContainsSubstring("binary junk"));
  CHECK_THAT(diagnosis("", table.task), ContainsSubstring("empty"));
  CHECK_THAT(diagnosis(table.header(), table.task), ContainsSubstring("no data rows"));
  CHECK(diagnosis(map_column(table, 2, [](std::size_t, const std::string&) { return ""; })) ==
        "outputs-empty?");
}

TEST_CASE("references of another data set beside known inputs are found") {
  const Table table = shared_table();
  const Table validation = pairs_of(read_file(real_data("chebi20/validation.txt")), table.task);
  const Table pcdes = pairs_of(unpacked(real_data("pcdes/test.txt.gz")), table.task);
  const Table small = keep_rows(table, [](std::size_t i) { return i < 3000; });
  const auto with = [](const Table& to, const Table& from) {
    return map_column(to, 1, [&](std::size_t i, const std::string&) { return from.rows[i][1]; });
  };
  CHECK(diagnosis(with(table, validation)) == "references-foreign");
  CHECK(diagnosis(with(small, pcdes)) == "references-foreign");
  CHECK(diagnosis(map_column(table, 1, [&](std::size_t i, const std::string& own) {
          return i % 2 == 0 ? own : validation.rows[i][1];
        })) == "references-foreign");
  CHECK(diagnosis(map_column(table, 1, [](std::size_t i, const std::string& own) {
          return i == 9 ? own + "C" : own;
        })) == "references-altered?");
  const Table inputs =
      map_column(small, 0, [&](std::size_t i, const std::string&) { return pcdes.rows[i][0]; });
  CHECK(diagnosis(inputs) == "references-foreign");
}

TEST_CASE("honest files on PCdes cause no sure finding") {
  const std::string task = GENERATE("captioning", "generation");
  const Table pcdes = pairs_of(unpacked(real_data("pcdes/test.txt.gz")), task);
  const auto copied = [&](std::size_t from) {
    Table table = pcdes;
    for (Cells& cells : table.rows) cells[2] = cells[from];
    return table;
  };
  for (const Table& table : {pcdes, copied(0), copied(1),
                             map_column(pcdes, 2, [](std::size_t, auto&) { return "C"; })}) {
    const auto found = examine(table);
    CHECK(found.dataset == "pcdes");
    CHECK(found.matched == 3000);
    for (const ImportFinding& finding : found.findings) {
      CAPTURE(finding.cause, finding.what);
      CHECK_FALSE(finding.sure);
    }
  }
}
